"""What every answer tells the browser to refuse."""

from flask import Flask, Response, request

# No inline script or style, nothing from elsewhere, no frames, forms only to us.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": the protection of forms compares the referrer on TLS. No other site sees any of it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
YEAR_SECONDS = 365 * 24 * 3600


def register(app: Flask) -> None:
    app.after_request(add)


def add(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        # Patients' data stays in no cache, not even the browser's own (ASVS 14.3.2).
        response.headers["Cache-Control"] = "no-store"
        # The same address answers htmx with a part and the browser with a page.
        response.vary.add("HX-Request")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    return response
