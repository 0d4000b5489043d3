"""Make the binary documents among the packs' examples: PDF, DOCX, XLSX, a scan and a photograph.

Their texts stand here and the files made of them are in the repository, so that nobody needs to run this
but who changes a text: `python packaging/make_examples.py`. Text-like examples are written by hand.
"""

# ruff: noqa: E501 (texts read better in whole lines)

from collections.abc import Callable
from pathlib import Path

from example_files import pdf, photograph, scan, sheets, word

PACKS = Path(__file__).parent.parent / "adapters" / "packs"


def financial(to: Callable[[str], Path]) -> None:
    """Two statements."""
    sheets(
        to("financial/statement/harbour-2024.xlsx"),
        {
            "Income": [
                ["Harbour Lane Foods plc"],
                ["Consolidated income statement"],
                ["Year ended 31 December 2024"],
                ["GBP thousands", 2024, 2023],
                ["Revenue", 48210, 44905],
                ["Cost of sales", -32306, -30411],
                ["Gross profit", 15904, 14494],
                ["Administrative expenses", -11527, -10870],
                ["Operating profit", 4377, 3624],
                ["Profit for the year", 3012, 2418],
            ],
            "Balance sheet": [
                ["GBP thousands", "31 Dec 2024", "31 Dec 2023"],
                ["Total assets", 36540, 34118],
                ["Total liabilities", 17265, 17020],
                ["Equity", 19275, 17098],
            ],
            "Cash flow": [["GBP thousands", 2024, 2023], ["Net cash from operating activities", 5118, 4290]],
        },
    )
    pdf(
        to("financial/statement/tern-2023.pdf"),
        [
            "# Tern & Skerry Shipping Inc.",
            "Results for the fiscal year ended June 30, 2023 (US dollars in millions, except per share)",
            "Freight rates fell through the year, and two vessels were in dock. The loss is due to an impairment "
            "of the older bulk carriers.",
            ("", "2023", "2022"),
            ("Revenue", "317.5", "338.1"),
            ("Growth of revenue", "(6.1%)", "3.4%"),
            ("Operating income (loss)", "(4.2)", "21.6"),
            ("Net income (loss)", "(11.8)", "12.9"),
            ("Diluted earnings (loss) per share", "(0.43)", "0.47"),
            ("Net cash from operating activities", "22.7", "41.0"),
            ("Total assets", "540.9", "562.3"),
            ("Total liabilities", "371.6", "379.4"),
        ],
    )


def legal(to: Callable[[str], Path]) -> None:
    """Two confidentiality agreements, a supply agreement and a lease."""
    word(
        to("legal/nda/mutual.docx"),
        [
            "# MUTUAL NON-DISCLOSURE AGREEMENT",
            "This Mutual Non-Disclosure Agreement is effective as of March 18, 2024 between Quillon Robotics, Inc., "
            "a Delaware corporation, and Marsh & Fenwick Castings LLC, an Ohio limited liability company.",
            "1. Each party may disclose to the other drawings, prices and plans concerning gripper castings. The "
            "party that receives them keeps them secret and uses them for the joint project alone.",
            "2. Information that is public, or that the receiving party knew before, is not confidential.",
            "3. The duties under this Agreement last for 3 years from the effective date.",
            "4. This Agreement is governed by the laws of the State of Delaware.",
            ("Quillon Robotics, Inc.", "Marsh & Fenwick Castings LLC"),
            ("By: Noor Haddad, CEO", "By: Peter Fenwick, Member"),
        ],
    )
    pdf(
        to("legal/nda/employee.pdf"),
        [
            "# EMPLOYEE CONFIDENTIALITY AGREEMENT",
            "Between Lakehead Turbine Works Ltd. (the Company) and Priya Raman (the Employee), dated and in force "
            "from January 4, 2021.",
            "The Employee will learn of blade designs, suppliers and bids of the Company. She shall not use them "
            "for herself or show them to others, while she is employed and at any time after.",
            "On leaving, the Employee returns all drawings, files and keys.",
            "The laws of Ontario apply to this Agreement.",
        ],
    )
    word(
        to("legal/contract/supply.docx"),
        [
            "# SUPPLY AGREEMENT",
            "This Supply Agreement is made on February 1, 2023 between Alder Ridge Brewing Company (Buyer) and "
            "Copperfield Malt Ltd. (Seller). It takes effect on March 1, 2023.",
            "1. Exclusive supply. During the term Buyer shall buy pale malt from no one but Seller.",
            "2. Minimum. Buyer shall order at least 400 tonnes in each contract year.",
            "3. Insurance. Seller shall keep product liability insurance of at least $2,000,000.",
            "4. Liability. Neither party's liability in a contract year exceeds the price paid in that year.",
            "5. Assignment. Neither party may assign this Agreement without the other's written consent.",
            "6. Term. The initial term ends on February 28, 2026.",
            "7. Law. This Agreement is governed by the laws of the State of Oregon.",
        ],
    )
    pdf(
        to("legal/risk_flags/copier-lease.pdf"),
        [
            "# Rental of copying machines",
            "Greyfriars Office Leasing Ltd (the Owner) lets to the Customer the machines listed overleaf for 48 "
            "months.",
            "1. The rental continues for further years unless the Customer gives three months notice in writing.",
            "2. Interest of 2% a month runs on every sum that is paid late.",
            "3. The Customer is liable without limit for loss of or damage to the machines, however caused.",
            "4. A Customer who ends the rental early pays 85% of the rentals that remain.",
            "5. The law of Scotland governs this rental.",
        ],
    )


def healthcare(to: Callable[[str], Path]) -> None:
    """A discharge letter."""
    word(
        to("healthcare/clinical_note/discharge.docx"),
        [
            "# Discharge letter",
            ("Patient", "L. B., girl, 8 years"),
            ("Admitted", "17 February 2024"),
            ("Discharged", "20 February 2024"),
            "The child was brought in with abdominal pain since the evening before. On examination there was pain "
            "in the right lower abdomen, with vomiting and fever of 38.4 °C. No cough, no rash.",
            "An ultrasound of the abdomen showed a thickened appendix. Diagnosis: acute appendicitis. A "
            "laparoscopic appendicectomy was done the same night without complications.",
            "She goes home with paracetamol and, if needed, ibuprofen. Stitches will be seen in the surgical "
            "clinic on 1 March.",
        ],
    )


def manufacturing(to: Callable[[str], Path]) -> None:
    """A shift's report."""
    sheets(
        to("manufacturing/production_report/filling-line.xlsx"),
        {
            "Shift report": [
                ["Plant", "Brookvale"],
                ["Line", "Filling line 2"],
                ["Date", "2025-04-08"],
                ["Shift", "Early"],
                ["Product", "Apple juice 0.7 l"],
                ["Planned bottles", 24000],
                ["Filled bottles", 22310],
                ["Rejected bottles", 184],
                ["OEE %", 81.6],
                ["Shift supervisor", "R. Adeyemi"],
            ],
            "Downtime": [["Cause", "Minutes"], ["label jam", 29], ["waiting for pallets", 18], ["Total", 47]],
        },
    )


def real_estate(to: Callable[[str], Path]) -> None:
    """Two valuations."""
    pdf(
        to("real_estate/valuation/office-block.pdf"),
        [
            "# Valuation report",
            ("Property", "22 Canal Street, Leeds LS1 4RW"),
            ("Client", "Bramley Pension Trustees Ltd"),
            ("Valuer", "Fiona Hartley MRICS"),
            ("Valuation date", "30 September 2024"),
            "The property is an office block of five floors, built in 1998, with 3,120 square metres of net floor "
            "area. The building is in good condition and fully let.",
            "We used the income capitalisation approach and checked it by sales comparison. The passing rent is "
            "GBP 486,000 a year; we capitalise at 6.75%.",
            "Market value as of the valuation date: GBP 6,850,000.",
        ],
    )
    word(
        to("real_estate/valuation/farmhouse.docx"),
        [
            "# Appraisal summary",
            ("Address", "417 Mill Hollow Road, Dunmore, Pennsylvania"),
            ("Lender and client", "First Valley Savings Bank"),
            ("Appraiser", "Gerald Oyelaran"),
            ("Effective date", "May 6, 2025"),
            ("Year built", "1911"),
            ("Living area", "2,210 sq ft"),
            ("Site", "4.2 acres"),
            "Condition: average, with deferred maintenance to the porch. The sales comparison approach was given "
            "most weight and the cost approach some; the income approach does not apply.",
            "Opinion of market value: $389,000",
        ],
    )


def receipts(to: Callable[[str], Path]) -> None:
    """A receipt on a table, and one from a scanner."""
    photograph(
        to("expenses/receipt/corner-cafe.jpg"),
        [
            "CORNER CAFE",
            "12 STATION ROAD, YORK YO1 6GA",
            "DATE 14/06/2025\t09:42",
            "TABLE 4\tBILL 1183",
            "2 FLAT WHITE\t6.40",
            "1 CHEESE SCONE\t2.90",
            "1 ORANGE JUICE\t2.10",
            "TOTAL\t11.40",
            "CARD\t11.40",
            "THANK YOU",
        ],
    )
    scan(
        to("expenses/receipt/hardware.png"),
        [
            "BOLT & BEAM HARDWARE",
            "880 FOUNDRY AVENUE",
            "TOLEDO, OH 43604",
            "2025-02-03 16:05\tREG 2",
            "WOOD SCREWS 200 PC\t12.49",
            "PAINT BRUSH SET\t14.99",
            "MASKING TAPE\t7.50",
            "SUBTOTAL\t34.98",
            "SALES TAX\t2.85",
            "TOTAL\t37.83",
        ],
    )


def invoices(to: Callable[[str], Path]) -> None:
    """An order and a plan for air time, an invoice that was printed to a file and one that was scanned."""
    pdf(
        to("invoices/ad_buy/order-58120.pdf"),
        [
            "# WHLC-TV ORDER",
            ("Order / Rev", "58120", "Print date", "09/26/24"),
            ("Advertiser", "Friends of Maria Delgado", "Agency", "Blue Slate Media"),
            ("Flight dates", "10/01/24 - 10/14/24", "Sales office", "Tampa"),
            ("Month", "# Spots", "Gross amount", "Net amount"),
            ("October 2024", "31", "$14,350.00", "$12,197.50"),
            ("Totals", "31", "$14,350.00", "$12,197.50"),
        ],
    )
    sheets(
        to("invoices/ad_buy/radio-plan.xlsx"),
        {
            "Contract": [
                ["WXRB Radio 101.3", "Contract", "R-2209"],
                ["Advertiser", "Vote Yes on Libraries"],
                ["Agency", "none"],
                ["First day", "2023-03-20"],
                ["Last day", "2023-04-03"],
                ["Daypart", "Spots", "Rate", "Amount"],
                ["Drive time", 40, 95.5, 3820],
                ["Midday", 45, 53.79, 2420.5],
                ["Gross total", "", "", 6240.5],
            ]
        },
    )
    pdf(
        to("invoices/invoice/kraemer-0871.pdf"),
        [
            "# RECHNUNG / INVOICE",
            "Krämer Präzisionsteile GmbH, Industriestr. 14, 70565 Stuttgart",
            ("Bill to", "Invoice no.", "Date", "Payable by"),
            ("Ashdown Pumps Ltd", "2024-0871", "14.06.2024", "14.07.2024"),
            ("12 Quarry Road, Derby", "Your order", "PO-55120", "Customer no. 30417"),
            ("Description", "Quantity", "Unit price", "Amount"),
            ("Sealing ring 40 mm", "200", "3.15", "630.00"),
            ("Shaft sleeve, hardened", "12", "40.00", "480.00"),
            ("Net", "", "", "1,110.00"),
            ("VAT 0 % (supply within the EU)", "", "", "0.00"),
            ("Total EUR", "", "", "1,110.00"),
            "VAT ID DE 287 441 902. Please transfer to IBAN DE44 6005 0101 0002 7730 19, BIC SOLADEST600",
        ],
    )
    scan(
        to("invoices/invoice/hollis-1187.png"),
        [
            "HOLLIS & DAUGHTER PLUMBING",
            "8 Weir Street, Bath BA1 5QX",
            "VAT Reg No 412 7765 03",
            "",
            "INVOICE 1187",
            "Date 3 March 2025",
            "To: Larkfield Primary School",
            "",
            "Replace mixer tap, staff room\t86.00",
            "Labour, 2 hours\t110.00",
            "Sub total\t196.00",
            "VAT 20%\t39.20",
            "TOTAL\t235.20",
            "Please pay by 2 April 2025",
        ],
    )


def resumes(to: Callable[[str], Path]) -> None:
    """Two resumes."""
    word(
        to("hr/resume/moreau.docx"),
        [
            "# Camille Moreau",
            "camille.moreau@mail.example, telephone 555 0142",
            "# Experience",
            ("2020 to now", "Senior Accountant, Fairlight Textiles: closing of the month, audit files"),
            ("2016 to 2020", "Payroll Clerk, Dune Logistics: wages of 140 drivers"),
            "# Education",
            "BSc in Accounting, Seabrook University, 2016",
            "# Tools",
            "Excel, SAP, QuickBooks",
        ],
    )
    pdf(
        to("hr/resume/okafor.pdf"),
        [
            "# Tobias Okafor",
            "t.okafor@post.example | tobias@okafor.example",
            "# Work",
            "Backend Developer at Lumen Parcel, since May 2021. Built the tracking service in Python on PostgreSQL, "
            "shipped with Docker.",
            "IT Support Technician at Westmoor Hospital Trust, 2017 to 2021. Looked after Linux servers.",
            "# Studies",
            ("2019 - 2021", "MSc Computer Science", "Ashford Institute of Technology"),
            ("2014 - 2017", "BEng Electronics", "Kirkdale College"),
        ],
    )


def government(to: Callable[[str], Path]) -> None:
    """Two short forms, one of them scanned; each orders a name in another way."""
    pdf(
        to("government/fara_form/short-form.pdf"),
        [
            "Received by NSD/FARA Registration Unit 05/22/2018 3:17:20 PM",
            "# Short Form Registration Statement",
            "U.S. Department of Justice. Pursuant to the Foreign Agents Registration Act of 1938, as amended",
            ("1. Name (Last, First)", "2. Registration No."),
            ("Whitlock, Naomi", "9820"),
            ("3. Residence Address", "4. Business Address"),
            ("on file", "77 Calder Street, Baltimore, MD"),
            "8. Name of primary registrant to which this short form relates: Calder Bridge Strategies LLC",
            "10. Services: advice on trade talks for the Ministry of Commerce of Velmora",
        ],
    )
    scan(
        to("government/fara_form/scanned.png"),
        [
            "Received by NSD/FARA Registration Unit 03/08/2016",
            "U.S. Department of Justice",
            "Short Form Registration Statement",
            "1. Name",
            "Daniel Petrov",
            "2. Registration No. 9417",
            "8. Name of registrant",
            "Northgate Public Affairs Inc.",
            "9. Foreign principal",
            "Port Authority of San Lisandro",
        ],
    )


def main() -> None:
    """Make them all."""

    def to(place: str) -> Path:
        domain, record_type, name = place.split("/")
        folder = PACKS / domain / "examples" / record_type
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    for make in (
        financial,
        legal,
        healthcare,
        manufacturing,
        real_estate,
        receipts,
        invoices,
        resumes,
        government,
    ):
        make(to)


if __name__ == "__main__":
    main()
