"""What the database says when it did not do what it was asked, as an error of ours: who must act?"""

from __future__ import annotations

from sqlalchemy import exc
from sqlalchemy.engine import ExceptionContext

from worker.errors import ConfigurationError, Form144Error, Mistake, Unreachable

#: PostgreSQL's codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
READ_ONLY = "25006"  #: this server takes no writes, such as one that is no longer the primary
TIME_IS_UP = ("25P03", "25P04")  #: it ended a transaction that was idle, or open, for too long
NO_RIGHT = "42501"


def ours(error: exc.SQLAlchemyError) -> Form144Error | None:
    """The error to raise instead; None where all the database found is a mistake of this program's."""
    if isinstance(error, exc.TimeoutError):
        return Unreachable("the ledger did not answer: all connections to it are in use")
    if not isinstance(error, exc.DBAPIError):
        return None
    code = getattr(error.orig, "sqlstate", None)
    if code == READ_ONLY:
        return Unreachable("the ledger's server takes no writes: it is a standby, or was set to read only")
    # SQLite says DatabaseError itself where the file is damaged, or no database at all.
    is_damaged = type(error) is exc.DatabaseError
    if isinstance(error, (exc.OperationalError, exc.InterfaceError)) or code in TIME_IS_UP or is_damaged:
        return Unreachable(f"the ledger did not answer: {error.orig}")
    return _mistake(error, code)


def _mistake(error: exc.DBAPIError, code: str | None) -> ConfigurationError | None:
    if code == NO_RIGHT:
        said = str(error.orig).partition("\n")[0]
        what = f"names a user who may not do what is needed: {said}"
        hint = "grant it to that user, or name the one who ran form144 migrate"
    elif isinstance(error, exc.ProgrammingError) and error.statement is None:
        # The driver's words quote what may be the rest of a password.
        what, hint = "sets an option that PostgreSQL's client cannot take", "look for a misspelt one"
    else:
        return None
    return ConfigurationError([Mistake("FORM144_LEDGER_URL", what, hint)])


def notice(context: ExceptionContext) -> None:
    """Let no connection to a server that takes no writes be used again: the next one made may find the new
    primary.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True
