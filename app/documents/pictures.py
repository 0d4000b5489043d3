"""Pictures that stand beside text, and are not read: how large one is of which that is said, and what."""

#: A picture that covers more of a page than this is no mark on paper, as a firm's is.
LARGE = 0.2


def note_of_picture(where: str) -> str:
    """What to say of the page or document that has one."""
    return (
        f"{where} has a picture beside its text, and what that shows was not read: "
        "if it is text, save the picture and add that"
    )
