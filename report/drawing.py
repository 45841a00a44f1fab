"""An Altair chart → SVG text to stand inside a page: no script, no request, hover text kept."""

from __future__ import annotations

import re

import altair as alt
import vl_convert
from lxml import etree

FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
INK, QUIET, LINE = "#1b1d21", "#4a505a", "#dcd9d2"
SVG = "{http://www.w3.org/2000/svg}"
WIDE, NARROW = 1000, 340  # px; the page shows one of the two


Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def svg(chart: Chart, name: str, small: bool) -> str:
    """The chart as SVG. A mark's description becomes its hover text; the page has the words."""
    spec = chart.configure(
        background="transparent", font=FONT,
        padding={"left": 8 if small else 30, "top": 2, "right": 12, "bottom": 2},
        axis=alt.AxisConfig(
            labelColor=QUIET, titleColor=QUIET, domainColor=LINE, tickColor=LINE,
            gridColor=LINE, labelFontSize=11 if small else 13, titleFontSize=11 if small else 13,
            titleFontWeight="normal", labelLimit=220,
        ),
        legend=alt.LegendConfig(
            labelColor=INK, titleColor=QUIET, labelFontSize=11 if small else 13,
            titleFontSize=11 if small else 13, titleFontWeight="normal", labelLimit=320,
            columnPadding=26,
            orient="top", columns=2 if small else 6, titleLimit=320,
        ),
        view=alt.ViewConfig(stroke=None),
    ).to_dict()  # fmt: skip
    return _plain(_own_ids(vl_convert.vegalite_to_svg(spec), name))


def _own_ids(text: str, name: str) -> str:
    """Ids that are the chart's own: Vega counts them anew, or on, from chart to chart."""
    for number, found in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', text))):
        text = re.sub(rf'(["#]){re.escape(found)}(?=["\)])', rf"\g<1>{name}-{number}", text)
    return text


def _plain(text: str) -> str:
    """Fit for a page: scales with its column, titles for hovering, nothing for a screen reader.

    A chart of marks is noise to a screen reader: the page gives it one sentence and a table.
    """
    root = etree.fromstring(text.encode())
    for name in ("width", "height"):  # the view box stays
        del root.attrib[name]
    root.attrib["aria-hidden"] = "true"
    root.attrib["focusable"] = "false"
    for node in root.iter():
        said = node.attrib.get("aria-label")
        marked = node.attrib.get("role") == "graphics-symbol"
        for name in ("role", "aria-roledescription", "aria-label"):
            if name in node.attrib:
                del node.attrib[name]
        if marked and said and node.tag != f"{SVG}g":
            title = etree.SubElement(node, f"{SVG}title")
            title.text = said
    return etree.tostring(root, encoding="unicode")
