// Keys for the item that has the focus: y same, n not the same, u undo, x choose.
import { onKey } from "./keys.js";

const item = () => document.activeElement?.closest("[data-walk]");

onKey(["y", "n", "u"], (key) => {
  const button = item()?.querySelector(`[data-key=${key}]`);
  if (!button) return false;
  button.click();
});

onKey(["x"], () => {
  const box = item()?.querySelector("input[type=checkbox]");
  if (!box) return false;
  box.checked = !box.checked;
});
