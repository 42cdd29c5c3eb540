// The reader: hover, focus or j/k light the parts of a claim in the text. Without this the numbers are links.
import { onKey } from "./keys.js";

const ROLES = ["source", "cue", "content", "hedge", "via"];
const SHORT = { source: "src", cue: "cue", content: "con", hedge: "hed", via: "via" };
const cards = [...document.querySelectorAll(".card")];
const byId = new Map(cards.map((card) => [card.dataset.claim, card]));
const parts = new Map(); // claim → [piece, class] of each of its pieces
for (const piece of document.querySelectorAll(".text .p")) {
  for (const role of ROLES) {
    for (const id of (piece.dataset[role] ?? "").split(" ").filter(Boolean)) {
      if (!parts.has(id)) parts.set(id, []);
      parts.get(id).push([piece, `on-${SHORT[role]}`]);
    }
  }
}

let chosen = document.querySelector(".card.on")?.dataset.claim ?? null;
let lit = chosen;

function light(id) {
  if (id === lit) return;
  for (const [piece, name] of parts.get(lit) ?? []) piece.classList.remove(name);
  byId.get(lit)?.classList.remove("on");
  for (const [piece, name] of parts.get(id) ?? []) piece.classList.add(name);
  byId.get(id)?.classList.add("on");
  lit = id;
}

function isSeen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}

function choose(id, { focus = false, from = "keys" } = {}) {
  chosen = byId.has(id) ? id : null;
  light(chosen);
  if (!chosen) return;
  const card = byId.get(chosen);
  if (focus) card.focus({ preventScroll: true });
  const goal = from === "card" ? parts.get(chosen)?.[0]?.[0] ?? card : card;
  if (!isSeen(goal)) goal.scrollIntoView({ block: "center" });
}

for (const card of cards) {
  const id = card.dataset.claim;
  card.addEventListener("mouseenter", () => light(id));
  card.addEventListener("mouseleave", () => light(chosen));
  card.addEventListener("focusin", () => choose(id, { from: "focus" }));
  card.querySelector(".num")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", `#${id}`);
    choose(id, { focus: true, from: "card" });
  });
}
for (const number of document.querySelectorAll(".text .no")) {
  const id = number.dataset.of;
  number.addEventListener("mouseenter", () => light(id));
  number.addEventListener("mouseleave", () => light(chosen));
  number.addEventListener("click", (event) => {
    if (!byId.has(id) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", `#${id}`);
    choose(id, { focus: true });
  });
}

function step(by) {
  if (!cards.length) return false;
  const now = cards.indexOf(byId.get(chosen));
  const next = now < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.min(cards.length - 1, Math.max(0, now + by));
  choose(cards[next].dataset.claim, { focus: true });
  return true;
}

onKey(["j", "k"], (key) => step(key === "j" ? 1 : -1));
onKey(["ArrowDown", "ArrowUp"], (key) => (document.activeElement?.closest(".card") ? step(key === "ArrowDown" ? 1 : -1) : false));
onKey(["Escape"], () => {
  document.activeElement?.closest(".card") && document.activeElement.blur();
  choose(null);
});

const followed = () => byId.has(location.hash.slice(1)) && choose(location.hash.slice(1));
window.addEventListener("hashchange", followed);
followed();
