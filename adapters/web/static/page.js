// Conveniences only; every page works without this file.
"use strict";

// Characters left, counted as the server counts them: by character, a line break as one.
for (const field of document.querySelectorAll("[data-limit]")) {
  const words = document.getElementById(`limit-${field.id.slice("field-".length)}`);
  const limit = Number(field.dataset.limit);
  const count = () => {
    const left = limit - [...field.value.replace(/\r\n?/g, "\n")].length;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    words.textContent = `${left < 0 ? words.dataset.over : words.dataset.left} ${number}`;
    words.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", count);
  if (field.value) count();
}

// Of a calendar file, of any size, only the days of what is not over fill the field: titles, places and guests never
// leave the browser. What is no calendar is shown as it is, so that the answer can say so.
const calendarDays = (text, limit) => {
  if (!/^\ufeff?\s*BEGIN:VCALENDAR/i.test(text)) return text.slice(0, limit);
  const used = /^(BEGIN:VEVENT|END:VEVENT|DTSTART|DTEND|DURATION|STATUS|TRANSP|X-MICROSOFT-CDO-(BUSYSTATUS|ALLDAYEVENT)|RRULE|RDATE)/i;
  const above = /^(BEGIN:VCALENDAR|PRODID|METHOD:)/i;
  const since = new Date(Date.now() - 3 * 864e5).toISOString().slice(0, 10).replaceAll("-", "");
  const kept = [], inside = [];
  let entry = [];
  for (const raw of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const line = raw.trim(), begins = /^BEGIN:/i.test(line), ends = /^END:/i.test(line);
    if (begins) inside.push(line.slice(6).toUpperCase());
    if (kept.length < limit && inside.length === 1 && inside[0] === "VCALENDAR" && above.test(line)) kept.push(line);
    if (inside.at(-1) === "VEVENT" && used.test(line)) entry.push(/^R(RULE|DATE)/i.test(line) ? `${line.slice(0, 5)}:` : line);
    if (ends && inside.pop() === "VEVENT") {
      const days = entry.filter((each) => /^DT/i.test(each)).map((each) => each.replaceAll("-", "").match(/\d{8}/)?.[0] ?? "9");
      const lasting = entry.some((each) => /^(RRULE|RDATE|DURATION)/i.test(each));
      if (lasting || !days.length || days.sort().at(-1) >= since) kept.push(...entry);
      entry = [];
    }
  }
  return [...kept, "END:VCALENDAR"].join("\n").slice(0, limit);
};

// Of a FHIR file only what the program reads of scores fills the field: names, notes, narrative and what a reference is
// called never leave the browser. Of anything else (XML, broken JSON, text)
// nothing fills it but an empty object, which the program answers as no such file.
const READ = new Set(("resourceType entry resource meta profile status code coding system subject reference value start " +
  "effectiveDateTime effectiveInstant effectivePeriod valueQuantity unit valueInteger questionnaire authored item linkId " +
  "answer valueDecimal valueCoding extension url").split(" "));
const THERE = new Set(("dataAbsentReason hasMember triggeredBy instantiatesCanonical instantiatesReference bodyStructure " +
  "organizer comment related context comments reliability parent group issues base").split(" "));
const INSIDE = { coding: ["display"], code: ["text"], subject: ["identifier"] };
// Of each text only what the program compares: a code, the name of an instrument, a unit, a day. Whatever else stands
// there (a name in a code's display, say) is left here. A patient's id that is no number of one's own becomes other-1.
const INSTRUMENTS = ("PHQ-9|GAD-7|WHO-5|ISI|BDI-II|BDI-2|BDI|MADRS-S|MADRS|HADS-A|HADS anxiety|HADS-D|HADS depression|" +
  "DASS-21-D|DASS-D|DASS-21 depression|DASS depression|DASS-21-A|DASS-A|DASS-21 anxiety|DASS anxiety|DASS-21-S|DASS-S|" +
  "DASS-21 stress|DASS stress|LSAS|LSAS-SR|SPIN|PSWQ|Y-BOCS|OCI-R|PCL-5|PDSS-SR|AUDIT|WSAS|W&SAS|CORE-OM|CORE-10|K10|" +
  "K-10|EQ-VAS|EQ-5D VAS|EQ-5D-5L VAS|EQ-5D-3L VAS").split("|");
const AROUND = /\[[^[\]]*\]|\b(?:total|sum|score|scale|questionnaire|self-report|reported|quick depression assessment)\b/gi;
const plain = (text) => text.toLowerCase().replace(/[ -]/g, "");
const instrument = (text) => {
  const name = plain(text.replace(AROUND, "").replace(/^[ \-–:,_]+|[ \-–:,_]+$/g, ""));
  return INSTRUMENTS.find((each) => plain(each) === name) ?? "";
};
const coded = (text) => (/^(\d{4,9}(-\d)?|LA\d{1,6}-\d)$/.test(text) ? text : instrument(text));
const unit = (text) => (["", "1", "{score}", "score", "points", "{points}", "{#}", "%"].includes(text.trim().toLowerCase()) ? text : "other");
const day = (text) => text.match(/^\d{4}-\d\d-\d\d/)?.[0] ?? "x";
const last = (text) => text.replace(/\/+$/, "").split("/").at(-1);
const SAID = {
  resourceType: (text) => (["Bundle", "Observation", "QuestionnaireResponse"].includes(text) ? text : "Other"),
  status: (text) => (["final", "amended", "corrected", "completed"].includes(text) ? text : "other"),
  code: coded, display: instrument, text: instrument, unit,
  linkId: (text) => text.match(/\d{4,6}-\d$/)?.[0] ?? (/(?:^|[/._-])(?:total|sum|score|total[-_ ]?score)$/i.test(text) ? "total" : "item"),
  questionnaire: (text) => coded(last(text.split("|")[0])),
  profile: (text) => text.match(/hl7\.org\/fhir\/(?:[1235]\.\d|DSTU2|STU3|R5|R6)/i)?.[0] ?? "",
  url: (text) => (text.endsWith("ordinalValue") ? "ordinalValue" : ""),
  effectiveDateTime: day, effectiveInstant: day, start: day, authored: day, system: () => "",
};
const scoresOnly = (text, limit) => {
  const others = new Map();
  const own = (id) => {
    const said = last(id).replace("urn:uuid:", "");
    if (!said || /^[A-Za-z]{0,2}-?\d{1,3}$/.test(said)) return said;
    if (!others.has(said)) others.set(said, `other-${others.size + 1}`);
    return others.get(said);
  };
  const said = (value, name, above) => {
    if (name === "reference" || (name === "value" && above === "identifier")) return own(value);
    if (name === "code" && above === "valueQuantity") return unit(value);
    return SAID[name]?.(value) ?? (/^-?[\d.eE+-]{1,20}$/.test(value) ? value : "x");
  };
  const kept = (value, name, above) => {
    if (Array.isArray(value)) return value.map((each) => kept(each, name, above));
    if (typeof value === "string") return said(value, name, above);
    if (value === null || typeof value !== "object") return value;
    const fields = Object.entries(value).map(([field, inner]) => {
      if (THERE.has(field)) return [field, field === "hasMember" ? [{}] : {}];
      return READ.has(field) || INSIDE[name]?.includes(field) ? [field, kept(inner, field, name)] : [];
    });
    return Object.fromEntries(fields.filter((each) => each.length));
  };
  try {
    const bundle = JSON.parse(text);
    if (!["Bundle", "Observation", "QuestionnaireResponse"].includes(bundle?.resourceType)) return "{}";
    const scores = (entry) => ["Observation", "QuestionnaireResponse"].includes(entry?.resource?.resourceType);
    if (Array.isArray(bundle.entry)) bundle.entry = bundle.entry.filter(scores);
    return JSON.stringify(kept(bundle, "")).slice(0, limit);
  } catch {
    return "{}";
  }
};

// A file whose text may fill a field is read here; it is sent only as what the field then shows.
for (const chooser of document.querySelectorAll("[data-fills]")) {
  const field = document.getElementById(chooser.dataset.fills);
  chooser.hidden = false;
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    const limit = 4 * Number(field.dataset.limit);
    const reduced = { ".ics": calendarDays, ".json": scoresOnly }[chooser.accept];
    field.value = reduced ? reduced(await file.text(), limit) : await file.slice(0, limit).text();
    field.dispatchEvent(new Event("input"));
  });
}

// What stands in a form is kept while it is written: after a pause, every few seconds, and on leaving.
// Each window numbers its steps; the server takes them in order and never lets one window overwrite another.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const { ticket, typed } = form.elements;
  const said = form.querySelector(".saved");
  const window_ = Array.from(crypto.getRandomValues(new Uint8Array(6)), (n) => n.toString(16).padStart(2, "0")).join("");
  let step = 0, dirty = false, running = false, failed = false, timer = 0, since = 0;
  const version = (name) => name.split(".").slice(0, 2).join(".");
  const named = (name) => { typed.value = `${version(name)}.${window_}.${step}`; };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const tell = (what) => { if (said.textContent !== what) said.textContent = what; };

  async function save(leaving) {
    if (!dirty || form.dataset.sent || (running && leaving !== true)) return;
    step += 1;
    named(typed.value);
    const body = new URLSearchParams(new FormData(form));
    if (leaving !== true) body.set("look", "1");
    dirty = false, running = true, since = 0;
    try {
      const answer = await fetch("/draft", { method: "POST", body, keepalive: leaving === true && String(body).length < 60000 });
      failed = !answer.ok;
      if (answer.ok) {
        const kept = await answer.json();
        named(kept.name);
        tell(kept.apart ? `${kept.said}. ${said.dataset.apart}` : kept.said);
        form.dispatchEvent(new CustomEvent("kept", { detail: kept }));
      } else if (answer.status === 409) {
        tell((await answer.json()).said);
      } else {
        dirty = true;
        tell(answer.status === 401 || answer.status === 403 ? said.dataset.out : said.dataset.offline);
        const out = answer.status === 401 || answer.status === 403;
        later(out && (await renew()) ? 0 : 8000);
      }
    } catch {
      dirty = failed = true;
      tell(said.dataset.offline);
      later(5000);
    } finally {
      running = false;
      if (dirty && !failed) later(450);
    }
  }

  // After signing in again elsewhere, the page takes its seal from a fresh copy of itself, for the same person only.
  async function renew() {
    const same = await copy();
    if (same) ticket.value = same.elements.ticket.value;
    return same;
  }

  async function copy() {
    const page = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form[data-draft]");
    return page.ok && fresh?.dataset.draft === form.dataset.draft && fresh;
  }

  // A reload in the moment of the last key can overtake what leaving the page keeps: look once more, unless one writes on.
  const [way] = performance.getEntriesByType("navigation"), drawn = version(typed.value);
  if (way?.type === "reload" || way?.type === "back_forward") setTimeout(async () => {
    const newest = !step && !dirty && await copy();
    const kept = newest && version(newest.elements.typed.value);
    if (kept && kept !== drawn && !kept.endsWith(".0") && !step && !dirty) location.reload();
  }, 600);

  named(typed.value);
  form.addEventListener("input", () => {
    dirty = true;
    since ||= Date.now();
    later(Math.max(0, Math.min(450, since + 5000 - Date.now())));
  });
  form.addEventListener("submit", () => { step += 1; named(typed.value); clearTimeout(timer); });
  // The next page may tell of the draft, so a link waits for it, but not long.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href^='/']");
    if (!link || !dirty || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    await Promise.race([save(true), new Promise((done) => setTimeout(done, 800))]);
    location.assign(link.href);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  addEventListener("pagehide", () => save(true));
  addEventListener("beforeunload", (event) => { if (dirty && failed && !form.dataset.sent) event.preventDefault(); });
}

// What peers will not see is marked in the text while it is written, and listed below it word by word.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const shown = new Map();
  for (const field of form.querySelectorAll("textarea")) {
    const back = Object.assign(document.createElement("div"), { className: "behind" });
    const list = Object.assign(document.createElement("ul"), { className: "replaced" });
    const wrap = Object.assign(document.createElement("div"), { className: "marked" });
    back.setAttribute("aria-hidden", "true");
    field.before(wrap);
    wrap.append(back, field);
    field.addEventListener("scroll", () => { back.scrollTop = field.scrollTop; });
    shown.set(field, { back, list, wrap });
  }
  form.addEventListener("kept", ({ detail }) => {
    for (const [name, found] of Object.entries(detail.replaced ?? {})) {
      const field = form.elements[`t.${name}`];
      if (!shown.has(field)) continue;
      const { back, list, wrap } = shown.get(field), text = field.value;
      if (found.length) wrap.after(list);
      else list.remove();
      back.replaceChildren();
      list.replaceChildren();
      let at = 0;
      for (const [start, end, tag, doubtful] of found) {
        const mark = Object.assign(document.createElement("mark"), { textContent: text.slice(start, end) });
        mark.className = doubtful ? "mark-doubtful" : "";
        back.append(text.slice(at, start), mark);
        list.append(Object.assign(document.createElement("li"), { textContent: `${text.slice(start, end)} → ${tag}${doubtful ? " ?" : ""}` }));
        at = end;
      }
      back.append(text.slice(at), "\n");
      back.scrollTop = field.scrollTop;
    }
  });
  // Until the gate has looked again, old marks would stand at the wrong words.
  form.addEventListener("input", ({ target }) => { if (shown.has(target)) shown.get(target).back.replaceChildren(); });
}

// A question before what cannot be undone, as a dialog instead of a page.
const ask = document.getElementById("ask");
for (const form of document.querySelectorAll("form[data-title]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.confirmed) return;
    event.preventDefault();
    const [no, yes] = ask.querySelectorAll("button");
    ask.querySelector("h2").textContent = form.dataset.title;
    ask.querySelector("p").textContent = form.dataset.text;
    no.textContent = form.dataset.no;
    yes.textContent = form.dataset.yes;
    no.onclick = () => ask.close();
    yes.onclick = () => {
      const agreed = document.createElement("input");
      Object.assign(agreed, { type: "hidden", name: "confirmed", value: "1" });
      form.append(agreed);
      ask.close();
      form.requestSubmit();
    };
    ask.showModal();
  });
}

// Passkeys: the page's options go to the authenticator, what it signed goes with the form. The form shows only where
// the browser knows passkeys; what the page asks to sign is taken afresh before it is too old.
const opened = Date.now(), bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !window.isSecureContext) continue;
  form.hidden = false;
  for (const said of document.querySelectorAll("[data-without-passkey]")) said.hidden = true;
  const way = form.dataset.passkey, failed = form.querySelector("[data-failed]");
  const sign = async () => {
    if (Date.now() - opened > 300000) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const fresh = page.querySelector(`form[data-passkey="${way}"]`);
      if (!fresh) return location.reload();
      form.dataset.options = fresh.dataset.options;
      form.elements.ticket.value = fresh.elements.ticket.value;
    }
    const asked = JSON.parse(form.dataset.options);
    const publicKey = { ...asked, challenge: bytes(asked.challenge) };
    for (const list of ["excludeCredentials", "allowCredentials"])
      if (asked[list]) publicKey[list] = asked[list].map((each) => ({ ...each, id: bytes(each.id) }));
    if (asked.user) publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
    const made = await (way === "make" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[part]) response[part] = text64(made.response[part]);
    form.elements.credential.value = JSON.stringify({ id: made.id, rawId: text64(made.rawId), type: made.type, response });
    form.requestSubmit();
  };
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    failed.hidden = true;
    sign().catch(() => { failed.hidden = false; });
  });
}

// Rows that can be ticked: all of them at once, and how many are.
for (const form of document.querySelectorAll("form.ticked")) {
  const ticks = [...form.elements].filter((each) => each.type === "checkbox"), said = form.querySelector("[data-ticked]");
  const label = ticks[0]?.closest("table").querySelector(".tick-all"), all = label?.querySelector("input");
  if (!all) continue;
  label.hidden = false;
  const count = () => {
    const ticked = ticks.filter((each) => each.checked).length;
    said.textContent = ticked ? `${said.dataset.ticked} ${ticked}` : "";
    all.checked = ticked === ticks.length;
  };
  all.addEventListener("change", () => { for (const each of ticks) each.checked = all.checked; count(); });
  for (const each of ticks) each.addEventListener("change", count);
  count();
}

// Keys: / or Ctrl-K goes to the box, j and k walk through a list, ? lists them. Single keys can be switched off.
const keys = document.getElementById("keys");
if (keys) {
  const on = document.getElementById("keys-on"), box = document.getElementById("command");
  try { on.checked = localStorage.getItem("keys") !== "off"; } catch { /* no storage: they are on */ }
  on.addEventListener("change", () => { try { localStorage.setItem("keys", on.checked ? "on" : "off"); } catch { /* for this page */ } });
  keys.querySelector("button").onclick = () => keys.close();
  const walk = (by) => {
    const rows = [...document.querySelectorAll(".row, .kept, tbody tr")].map((row) => row.querySelector("a, button")).filter(Boolean);
    const at = rows.findIndex((stop) => stop.closest(".row, .kept, tr")?.contains(document.activeElement));
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
  };
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); return box.focus(); }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type='checkbox'], [type='radio']), textarea, select, dialog")) return;
    if (event.key === "?") { event.preventDefault(); return keys.showModal(); }
    if (!on.checked) return;
    if (event.key === "/") { event.preventDefault(); box.focus(); }
    if (event.key === "j") walk(1);
    if (event.key === "k") walk(-1);
  });
}

// One press is one press; a slow step says that it is under way.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("button");
  setTimeout(() => button?.setAttribute("aria-busy", "true"), 400);
  // A download leaves the page in place, so its button must work again.
  setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-busy"); }, 8000);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// The list of mistakes is where reading goes on.
document.querySelector(".summary")?.focus();
