"use strict";
// Joins the two sides: a claim that is opened lights its sentences, a sentence its claims. Opening
// and closing is the browser's own (details), so that the page works without this script too.
(() => {
  const told = document.getElementById("told");
  const sources = document.getElementById("sources");
  const beside = matchMedia("(min-width: 64rem)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  document.documentElement.classList.add("scripted");

  const find = (ids) => (ids || "").split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  const isClaim = (entry) => entry.classList.contains("claim");
  const partners = (entry) => find(isClaim(entry) ? entry.dataset.restsOn : entry.dataset.bears);
  const entryOf = (node) => node && node.closest(".claim, .sentence");
  const opened = () => document.querySelectorAll(".claim > details[open], .sentence > details[open]");

  function darken() {
    for (const lit of document.querySelectorAll(".lit, .chosen")) lit.classList.remove("lit", "chosen");
    told.textContent = "";
  }

  function clear() {
    for (const details of opened()) details.open = false;
    darken();
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  }

  function show(node) {
    const behavior = calm.matches ? "auto" : "smooth";
    if (!beside.matches || !sources.contains(node)) {
      node.scrollIntoView({ behavior, block: "center" });
    } else {
      // The sources scroll alone: the claim that was clicked stays where it is.
      const top = node.getBoundingClientRect().top - sources.getBoundingClientRect().top;
      sources.scrollTo({ top: sources.scrollTop + top - sources.clientHeight / 4, behavior });
    }
  }

  function inView(node) {
    const { top, bottom } = node.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  function light(entry) {
    const found = partners(entry);
    darken();
    entry.classList.add("chosen");
    for (const partner of found) partner.classList.add("lit");
    if (isClaim(entry)) {
      const ids = found.map((node) => node.querySelector(".number").textContent).join(", ");
      const ruling = entry.querySelector(".ruling").innerText.replace(/\s+/g, " ");
      told.textContent = `${ruling}. ${ids ? `Rests on ${ids}` : "Cites no sentence"}.`;
      if (beside.matches && found.length) show(found[0]);
    } else {
      told.textContent = `${found.length} ${found.length === 1 ? "claim rests" : "claims rest"} on it.`;
      if (beside.matches && found.length && !found.some(inView)) show(found[0]);
    }
    history.replaceState(null, "", `#${encodeURIComponent(entry.id)}`);
  }

  function open(entry) {
    const details = entry.querySelector("details");
    for (const other of opened()) if (other !== details) other.open = false;
    if (details) details.open = true;
    light(entry);
  }

  function followFragment() {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const entry = entryOf(document.getElementById(id));
    if (!entry || entry.id !== id) return;
    open(entry);
    show(entry);
    const summary = entry.querySelector("summary");
    if (summary) summary.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    const entry = entryOf(summary);
    if (!entry) return;
    event.preventDefault();
    if (event.detail && !getSelection().isCollapsed) return; // a passage was marked, to be copied
    const before = summary.getBoundingClientRect().top;
    if (summary.parentElement.open) clear();
    else open(entry);
    // What closed above must not move the line from under the pointer.
    const scroller = beside.matches && sources.contains(summary) ? sources : window;
    scroller.scrollBy({ top: summary.getBoundingClientRect().top - before, behavior: "instant" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  addEventListener("hashchange", followFragment);
  followFragment();
})();
