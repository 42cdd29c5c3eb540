(() => {
  const claims = [...document.querySelectorAll(".claim")];
  const segments = [...document.querySelectorAll(".seg[data-claims]")];
  const of = (segment) => segment.dataset.claims.split(" ").filter(Boolean);
  const light = (ids) => {
    for (const segment of segments) segment.classList.toggle("on", of(segment).some((id) => ids.includes(id)));
    for (const claim of claims) claim.classList.toggle("on", ids.includes(claim.id));
  };
  for (const claim of claims) {
    for (const type of ["mouseenter", "focus"]) claim.addEventListener(type, () => light([claim.id]));
    for (const type of ["mouseleave", "blur"]) claim.addEventListener(type, () => light([]));
  }
  for (const segment of segments) {
    segment.addEventListener("mouseenter", () => light(of(segment)));
    segment.addEventListener("mouseleave", () => light([]));
  }
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || !claims.length) return;
    const now = claims.indexOf(document.activeElement);
    const next = claims[Math.min(claims.length - 1, Math.max(0, now + step))];
    next.focus();
    next.scrollIntoView({ block: "center" });
  });
})();
