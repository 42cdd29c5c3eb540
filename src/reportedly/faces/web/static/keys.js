// Keys that work on every page; nothing here is needed to read or do anything.
//   /  goes to the search field     j k  walk along [data-walk] items

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Call `act` for a key pressed outside of fields and without a modifier. */
export function onKey(keys, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (!keys.includes(event.key)) return;
    if (act(event.key, event) !== false) event.preventDefault();
  });
}

/** Move the focus `by` items along `items`, from the one that has it now. */
export function walk(items, by) {
  const all = [...items];
  if (!all.length) return;
  const now = all.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by))];
  (next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, [tabindex]"))?.focus();
}

onKey(["/"], () => {
  const field = document.querySelector("input[type=search]");
  if (!field) return false;
  field.focus();
  field.select();
});

if (document.querySelector("[data-walk]")) {
  onKey(["j", "k"], (key) => walk(document.querySelectorAll("[data-walk]"), key === "j" ? 1 : -1));
}
