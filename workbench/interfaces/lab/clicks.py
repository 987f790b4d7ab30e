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
  const level = (node) => {
    let count = 0;
    for (let up = node.parentElement.closest(".answer"); up; up = up.parentElement.closest(".answer")) count++;
    return count;
  };
  const put = (inside, answer) => {  // below the row of the number that was clicked; where it goes on
    const number = [...inside.querySelectorAll("[data-to]")].find((each) => each.dataset.to === answer.to);
    const row = number && number.closest("tr");
    if (!row) return null;
    number.classList.add("chosen");
    number.setAttribute("aria-expanded", "true");
    const line = document.createElement("tr"), cell = line.insertCell(), block = document.createElement("div");
    line.className = "answered";
    cell.colSpan = [...row.cells].reduce((sum, each) => sum + each.colSpan, 0);
    block.className = "answer";
    block.innerHTML = answer.html;
    cell.append(block);
    row.after(line);
    const seen = row.closest(".scroll");
    if (seen && seen.clientWidth) block.style.width = seen.clientWidth - 26 + "px";
    return block;
  };
  const draw = () => {
    const places = [...el.querySelectorAll(".scroll")].map((each) => [each.scrollTop, each.scrollLeft]);
    el.innerHTML = model.get("html");
    let inside = el;
    for (const answer of model.get("answers")) inside = (inside && put(inside, answer)) || null;
    [...el.querySelectorAll(".scroll")].forEach((each, at) => {
      if (places[at]) [each.scrollTop, each.scrollLeft] = places[at];
    });
    if (inside && inside !== el) inside.scrollIntoView({ block: "nearest" });
  };
  el.addEventListener("click", (event) => {
    const number = event.target.closest("[data-to]");
    if (number) model.send({ to: number.dataset.to, level: level(number) });
  });
  model.on("change:html", draw);
  model.on("change:answers", draw);
  draw();
}
export default { render };
"""
TEMPLATES = Path(__file__).with_name("templates")


class Clicks(anywidget.AnyWidget):
    """A table whose numbers, its ``data-to`` buttons, can be clicked; an answer opens below the row of its number.

    ``answers``: the open ones, each inside the one before it: the ``data-to`` it answers, and its HTML.
    """

    _esm = SCRIPT
    html = traitlets.Unicode().tag(sync=True)
    answers: Any = traitlets.List().tag(sync=True)

    def show(self, piece: str) -> None:
        """Show another piece, without answers."""
        self.answers = []
        self.html = dressed(_made("styled", Html(piece)))

    def answer(self, level: int, to: str, piece: str) -> None:
        """Open an answer inside ``level`` others; those deeper, and the one beside it, close."""
        self.answers = [*self.answers[:level], {"to": to, "html": str(piece)}]

    def shut(self, level: int) -> None:
        """Close the answer inside ``level`` others, with those in it."""
        self.answers = self.answers[:level]

    def is_open(self, level: int, to: str) -> bool:
        """Whether an answer to this number is open there."""
        return len(self.answers) > level and self.answers[level]["to"] == to

    def on_click(self, handler: Callable[[int, str], None]) -> None:
        """Call ``handler`` with how many answers the number is inside of, and its ``data-to``."""
        self.on_msg(lambda _, content, __: handler(int(content["level"]), str(content["to"])))


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
