"""Tables whose numbers can be clicked, and explanations as HTML: what the start page is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.app.options import common
from workbench.capabilities.settlement.explaining import place_text
from workbench.core.messages import Message, text_in
from workbench.platform.explanation.steps import LABELS, Explanation
from workbench.platform.reporting.html import templates
from workbench.platform.reporting.page import Html, dressed

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
TEMPLATES = Path(__file__).with_name("templates")


class Clicks(anywidget.AnyWidget):
    """A piece of a page that says which of its ``data-to`` buttons was clicked."""

    _esm = SCRIPT
    html = traitlets.Unicode().tag(sync=True)

    def show(self, piece: str) -> None:
        """Show another piece."""
        self.html = dressed(_made("styled", Html(piece)))

    def on_click(self, handler: Callable[[str], None]) -> None:
        """Call ``handler`` with the ``data-to`` of what is clicked."""
        self.on_msg(lambda _, content, __: handler(str(content["to"])))


def chain(explanation: Explanation) -> Html:
    """An explanation: the chain, its cells, what would have had to be different, its parts."""
    return _made("chain", explanation)


def _made(macro: str, *values: Any) -> Html:
    made = templates(TEMPLATES).get_template("clicks.html.jinja", globals=_words(common.lang))
    return Html(getattr(made.make_module(), macro)(*values))  # `module` would keep the words of the first language


def _words(lang: str) -> dict[str, Any]:
    """What the template says things with, in a language."""
    return {
        "said": lambda text: text_in(text, lang),
        "labels": LABELS,
        "source": lambda place: Message.of("step/source", place=place_text(place)).text(lang),
        "otherwise": Message("step/instead").text(lang),
    }
