"""What each request to the API carries beside what its description says."""

import itertools

import schemathesis

_numbers = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Each request comes from another address, so that the limit on comments doesn't hide what is behind it."""
    number = next(_numbers)
    if case.headers is None:
        case.headers = {}
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
