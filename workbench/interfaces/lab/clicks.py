"""Tables whose numbers can be clicked, and explanations as HTML: what the start page is made of."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import anywidget
import traitlets

from workbench.capabilities.settlement.explaining import place_text
from workbench.platform.explanation.steps import Explanation
from workbench.platform.reporting.page import dressed

SCRIPT = """
function render({ model, el }) {
  const draw = () => { el.innerHTML = model.get("html"); };
  el.addEventListener("click", (event) => {
    const number = event.target.closest("[data-to]");
    if (!number) return;
    el.querySelectorAll("[data-to].chosen").forEach((other) => other.classList.remove("chosen"));
    number.classList.add("chosen");
    model.send({ to: number.dataset.to });
  });
  model.on("change:html", draw);
  draw();
}
export default { render };
"""
STYLE = """<style>.wb .scroll{max-height:440px;overflow:auto}.wb th{position:sticky;top:0}.wb button[data-to]{border:0;background:none;color:var(--accent);text-decoration:underline;cursor:pointer;
font:inherit;padding:0 2px}.wb button[data-to].chosen{background:var(--accent);color:#fff;border-radius:3px}
.wb .chain{border-left:3px solid var(--accent);padding:2px 0 2px 14px;margin:12px 0}
.wb .chain p{margin:5px 0}.wb .chain .kind{display:inline-block;min-width:3.2em;color:var(--accent);font-weight:600}
.wb .chain .place{color:var(--muted);font-size:12px;margin-left:3.2em}.wb .chain .instead{color:#8A4B00}</style>"""


class Clicks(anywidget.AnyWidget):
    """A piece of a page that says which of its ``data-to`` buttons was clicked."""

    _esm = SCRIPT
    html = traitlets.Unicode().tag(sync=True)

    def show(self, piece: str) -> None:
        """Show another piece."""
        self.html = dressed(STYLE + piece)

    def on_click(self, heard: Callable[[str], None]) -> None:
        """Call ``heard`` with the ``data-to`` of what is clicked."""
        self.on_msg(lambda _, content, __: heard(str(content["to"])))


def chain(told: Explanation) -> str:
    """An explanation: the chain, its cells, what would have had to be different, its parts."""
    lines = [f"<h3>{escape(told.subject)}</h3>"]
    for step in told.steps:
        lines.append(f'<p><span class="kind">{escape(step.kind)}</span>{escape(step.text)}</p>')
        lines += [f'<p class="place">来源：{escape(place_text(place))}</p>' for place in step.places]
    lines += [
        f'<p class="instead"><span class="kind">反之</span>{escape(each.text)}</p>' for each in told.counterfactuals
    ]
    return f'<div class="chain">{"".join(lines)}{"".join(chain(part) for part in told.parts)}</div>'
