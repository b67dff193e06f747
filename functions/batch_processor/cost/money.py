"""How dollars are told, wherever they are."""

_CENT = 0.01


def money(usd: float) -> str:
    """$1.83, $0; below a cent two digits that say something, as $0.0042."""
    if not usd or abs(usd) >= _CENT:
        return f"${usd:,.2f}" if usd else "$0"
    exponent = int(f"{usd:e}".partition("e")[2])
    return f"${usd:.{1 - exponent}f}"
