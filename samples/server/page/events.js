// Who is told of the changes of a tenant, what they have got, what waits for them, and what failed last.

import {get, tenants} from "./api.js";
import {badge, field, h, head, latestIn, showDialog, table} from "./dom.js";

const names = {
  webhook: ["Webhook", "posts a signed message"],
  "events-push": ["Pushed events", "posts a token"],
  events: ["Polled events", "asks at /events"],
  audit: ["Audit log", "of this server"],
};

const columns = [{label: "Follower"}, {label: "Goes to"}, {label: "State"}, {label: "Waiting", number: true},
  {label: "Behind", number: true}, {label: "Last success"}, {label: "Last failure"}, {label: ""}];

const when = time => time ? time.replace(/^(\d{4}-\d\d-\d\d)T([\d:]{8})(\.\d+)?Z$/, "$1 $2") : "–";

function age(seconds) {
  if (seconds < 120)
    return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} days`;
}

/// A failure that nothing was delivered after, of something that still waits.
const fails = each => each.waiting > 0 && each.lastFailed !== undefined && !(each.lastDelivered > each.lastFailed);

function state(each) {
  if (fails(each))
    return badge("Fails", "bad");
  return each.waiting > 0 ? badge("Behind", "warn") : badge("Up to date", "good");
}

function open(each) {
  const [name] = names[each.reader] || [each.reader];
  const said = [["Reason", each.reason], ["Last attempt that failed", when(each.lastFailed)],
    ["Next attempt", each.nextAttempt && when(each.nextAttempt)], ["Attempts that failed", each.failed], ["Delivered", each.delivered]];
  showDialog(`${name}: what failed last`, h("div", {class: fails(each) ? "error" : "note"},
    said.filter(([, value]) => value !== undefined).map(([label, value]) => h("div", {}, h("strong", {}, `${label}: `), value))));
}

function row(each) {
  const [name, how] = names[each.reader] || [each.reader, "has a place in the log"];
  return {cells: [[name, h("span", {class: "under"}, how)], each.host || "–", state(each), each.waiting, age(each.secondsBehind),
    when(each.lastDelivered || each.acknowledged),
    each.lastFailed ? [when(each.lastFailed), h("span", {class: "under"}, each.reason)] : "–",
    h("div", {class: "actions"}, each.lastFailed
      ? h("button", {type: "button", class: "small", "aria-label": `Why did ${name} fail?`, onclick: () => open(each)}, "Why?") : null)]};
}

function followers(all) {
  const told = all.followers.filter(each => each.reader !== "audit");
  return [
    told.length ? null : h("div", {class: "note"}, "Nobody is told of changes of this tenant: it has no webhook and no receiver of events."),
    all.followers.length ? table("Followers", columns, all.followers.map(row)) : null,
    all.isPolled && !told.some(each => each.reader === "events")
      ? h("p", {class: "hint"}, "No receiver that polls has acknowledged an event yet.") : null,
  ];
}

export async function eventsView(about) {
  const served = await tenants();
  const tenant = h("select", {name: "tenant", onchange: look}, served.map(({name}) =>
    h("option", {value: name, selected: name === about.get("tenant")}, name)));
  const results = h("div", {"aria-live": "polite", "aria-busy": "true"});

  const showLatest = latestIn(results);
  function look(event) {
    event?.preventDefault?.();
    return showLatest(async () => followers(await get(`/followers/${tenant.value}`)));
  }

  look();
  return [head("Events", "Who is told of the changes of a tenant, and whether they have got them."),
    h("form", {class: "card search records", role: "search", onsubmit: look}, field("Tenant", tenant),
      h("button", {type: "submit", class: "primary"}, "Look again")), h("section", {}, results)];
}
