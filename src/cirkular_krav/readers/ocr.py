"""Reading scanned pages with Tesseract in Swedish: the optional extra ``ocr``."""

from __future__ import annotations

from typing import Any

_DPI = 250
_MAX_PIXELS = 25_000_000
_SECONDS = 60


class OcrMissing(Exception):  # noqa: N818 - the reader turns it into a problem
    """pytesseract, the program tesseract or its Swedish data is not installed."""


def ocr_paragraphs(page: Any) -> list[str]:
    """Return the paragraphs that Tesseract reads on a pdfium page, each with its lines kept apart by ``\\n``.

    Raises ``OcrMissing``. A page that takes longer than a minute, or is too large to be drawn, gives nothing.
    """
    try:
        import pytesseract
    except ImportError:
        raise OcrMissing from None
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MAX_PIXELS / max(width * height, 1)) ** 0.5)
    if scale * 72 < 72:
        return []
    image = page.render(scale=scale, grayscale=True).to_pil()
    try:
        text: str = pytesseract.image_to_string(image, lang="swe", timeout=_SECONDS)
    except pytesseract.TesseractNotFoundError:
        raise OcrMissing from None
    except pytesseract.TesseractError as error:
        raise OcrMissing from error
    except RuntimeError:  # the time limit
        return []
    return [part.strip() for part in text.replace("\r", "").split("\n\n") if part.strip()]
