// What a story or claim page does with a script; all of it also works without.

// the moments as a slider: moving it shows the moment, letting go of it shows the page as it was then
for (const form of document.querySelectorAll("form.when")) {
  const select = form.querySelector("select");
  const moments = form.dataset.moments.split(" ");
  const label = form.querySelector("label");
  const slider = document.createElement("input");
  slider.type = "range";
  slider.id = "as_of_slider";
  slider.min = "0";
  slider.max = String(moments.length);
  const chosen = moments.indexOf(select.value);
  slider.value = String(chosen < 0 ? moments.length : chosen);
  const told = document.createElement("output");
  told.htmlFor = slider.id;
  const tell = () => {
    const value = moments[Number(slider.value)] ?? "";
    select.value = value;
    const option = select.selectedOptions[0];
    told.textContent = option ? option.textContent : "";
    slider.setAttribute("aria-valuetext", told.textContent);
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => form.requestSubmit());
  label.htmlFor = slider.id;
  select.hidden = true;
  select.before(slider, told);
  form.querySelector("button").hidden = true;
  form.addEventListener("submit", () => {
    if (!select.value) select.disabled = true;
  });
  tell();
}

// a mark in a chart leads to its report
for (const mark of document.querySelectorAll(".chart [data-report]")) {
  mark.addEventListener("click", () => {
    const row = document.getElementById(`report-${mark.dataset.report}`);
    const link = row?.querySelector(".title a");
    for (let fold = row?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
    if (row) row.scrollIntoView({ block: "center" });
    if (link) link.focus({ preventScroll: true });
  });
}
