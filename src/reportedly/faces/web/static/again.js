// Looks again for what goes on at the server: what stands in #live is put in the place of what stood there,
// every data-again seconds; where the page has none any more, the page itself is loaded.

async function look() {
  const live = document.getElementById("live");
  const seconds = Number(live?.dataset.again);
  if (!seconds) return;
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("live");
    if (now) document.title = page.title;
    if (!now) {
      if (answer.ok) return location.reload();
    } else if (!live.contains(document.activeElement) || !now.dataset.again) {
      live.replaceWith(document.adoptNode(now));
    } else {
      // whoever is about to press a button keeps it; what is said beside it goes on
      for (const name of ["progress", "[role=status]", "h1"]) {
        const [old, next] = [live.querySelector(name), now.querySelector(name)];
        if (old && next) old.replaceWith(document.adoptNode(next));
      }
    }
  } catch {
    // the server is away for a moment: look again later
  }
  look();
}

look();
