// Keys: "/" into the search; on a page of review each [data-key] is pressed by its key.
const typing = (target) => /^(input|textarea|select)$/i.test(target.tagName);

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    // Enter in the note leaves it; a form of several buttons must not take the first one.
    if (event.key === "Enter" && event.target.dataset.focus) {
      event.preventDefault();
      event.target.blur();
    }
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".find input[type=search]")?.focus();
    return;
  }
  // The key's place on a Latin keyboard, so that it works under a Russian layout too.
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  if (!/^[a-z]$/.test(key) || event.shiftKey) return;
  const field = document.querySelector(`[data-focus="${key}"]`);
  const button = document.querySelector(`[data-key="${key}"]`);
  if (field || button) event.preventDefault();
  if (field) field.focus();
  else button?.click();
});

// One word each: a form that was sent is not sent twice.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The strip over a pair: the count moves as soon as a decision is applied.
const strip = document.querySelector("[data-state]");
const applied = strip?.querySelector(".applied");
let wasApplying = false;

async function look() {
  const answer = await fetch(strip.dataset.state, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { applying, fault, counts } = await answer.json();
  for (const [name, count] of Object.entries(counts)) {
    const place = strip.querySelector(`[data-count="${name}"]`);
    if (!place) continue;
    const shown = count.toLocaleString(document.documentElement.lang);
    if (place.textContent && place.textContent !== shown && !["waiting", "rows"].includes(name)) {
      place.classList.add("moved");
    }
    place.textContent = shown;
  }
  strip.querySelector(".live").hidden = false;
  applied.textContent = fault ?? (applying ? applied.dataset.applying : applied.dataset.applied);
  applied.classList.toggle("bad", Boolean(fault));
  applied.dataset.now = applying ? "applying" : "applied";
  wasApplying = applying;
  setTimeout(look, applying ? 400 : 5000);
}
if (strip?.dataset.state) look();

// The claim that is asked about may stand far down a long history.
document.querySelector(".vouch.asked")?.scrollIntoView({ block: "center" });
