"""The form of texts that documents hold and that questions name: one rule for both."""

from chassis.errors import Invalid

REGISTER_ID_LENGTH_MAX = 32


def check_text(text: str, field: str, longest: int) -> str:
    """The text; Invalid CODE_TOO_LONG, or INVALID_TEXT for what the database cannot keep."""
    if len(text) > longest:
        raise Invalid(
            "CODE_TOO_LONG", f"{field} has at most {longest} characters", {"field": field}
        )
    if "\0" in text:
        raise Invalid("INVALID_TEXT", f"{field} holds a character of value 0", {"field": field})
    return text


def check_register_id(register_id: str) -> str:
    """The code of a till, which may be empty; Invalid CODE_TOO_LONG or INVALID_TEXT.

    It is printed on receipts and typed into questions: what nobody can see is in none.
    """
    check_text(register_id, "register_id", REGISTER_ID_LENGTH_MAX)
    if not register_id.isprintable():
        raise Invalid(
            "INVALID_TEXT",
            "register_id holds a character that cannot be printed",
            {"field": "register_id"},
        )
    return register_id
