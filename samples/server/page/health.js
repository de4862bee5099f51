// Whether the server can work, how much it has to do, and where its limits are.

import {get} from "./api.js";
import {refresh} from "./app.js";
import {badge, h, head, table} from "./dom.js";

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

function tile(label, value, of, meter) {
  return h("dl", {class: "tile"}, h("dt", {}, label), h("dd", {}, value, of ? h("small", {}, ` of ${of}`) : null),
    meter ? h("meter", {min: 0, max: meter[1], value: meter[0], high: meter[1] * 0.8, "aria-label": label}) : null);
}

/// scimkit_requests_total{operation="create",status="201",tenant="acme",type="User"} 3
function summary(text) {
  const tenants = new Map();
  for (const line of text.split("\n")) {
    const match = /^scimkit_requests_total\{(.*)\} ([\d.e+]+)/.exec(line);
    if (!match)
      continue;
    const label = name => new RegExp(`${name}="([^"]*)"`).exec(match[1])?.[1] || "";
    const tenant = label("tenant") || "of no tenant";
    const counts = tenants.get(tenant) || {good: 0, refused: 0, limited: 0, failed: 0};
    const status = Number(label("status"));
    const kind = status >= 500 ? "failed" : status === 429 || status === 413 ? "limited" : status >= 400 ? "refused" : "good";
    counts[kind] += Number(match[2]);
    tenants.set(tenant, counts);
  }
  return [...tenants].sort(([a], [b]) => a.localeCompare(b));
}

function requests(all) {
  if (!all.length)
    return h("div", {class: "card empty"}, h("strong", {}, "No requests yet"));
  const number = label => ({label, number: true});
  return table("Requests since the start", [{label: "Tenant"}, number("Carried out"), number("Refused"), number("Limits hit"), number("Failed")],
    all.map(([tenant, counts]) => ({cells: [tenant, counts.good, counts.refused, counts.limited, counts.failed]})));
}

function limits(all) {
  const rate = value => value ? `${value} requests a second` : "no limit";
  const rows = [
    ["Body of a request", bytes(all.maxBodyBytes), "--max-body", "413"],
    ["One resource, without members", bytes(all.maxResourceBytes), "--max-resource-bytes", "413"],
    ["One answer", bytes(all.maxResponseBytes), "--max-response-bytes", "400 tooMany"],
    ["Members of a group", all.maxElements, "--max-elements", "400 tooMany"],
    ["Operations of a Bulk", all.maxBulkOperations, "--max-bulk-operations", "413"],
    ["Resources of a page", all.maxPageSize, "max-page-size of a tenant", "fewer are sent"],
    ["Time of a request", `${all.requestDeadlineSeconds} s`, "--request-deadline", "400 tooMany"],
    ["Rate of one address", rate(all.ratePerAddress), "--rate-per-address", "429"],
    ["Rate of one key", rate(all.ratePerCredential), "--rate-per-credential", "429"],
    ["Rate of one tenant", rate(all.ratePerTenant), "--rate-per-tenant", "429"],
  ];
  return table("Limits", [{label: "Of"}, {label: "Limit"}, {label: "Setting"}, {label: "Beyond"}],
    rows.map(([of, limit, setting, beyond]) => ({cells: [of, limit, h("code", {}, setting), beyond]})));
}

export async function healthView() {
  const status = await get("/status");
  const metrics = status.metrics ? await get("/metrics") : null;
  const most = status.limits;
  const ready = status.healthy && status.waiting < most.maxQueuedRequests;
  return [
    head("Health", `scimkit-server ${status.version}`, h("button", {type: "button", onclick: refresh}, "Look again")),
    h("div", {class: "tiles"},
      tile("State", ready ? badge("Ready", "good") : badge(status.healthy ? "Full" : "Store fails", "bad")),
      tile("Connections", status.connections, most.maxConnections, [status.connections, most.maxConnections]),
      tile("Requests that wait", status.waiting, most.maxQueuedRequests, [status.waiting, most.maxQueuedRequests]),
      tile("Bodies under way", bytes(status.bodyBytes), bytes(most.maxBufferedBytes), [status.bodyBytes, most.maxBufferedBytes]),
      tile("Answers not taken", bytes(status.answerBytes), bytes(most.maxUnsentBytes), [status.answerBytes, most.maxUnsentBytes]),
      tile("Sessions of this page", status.sessions)),
    h("section", {}, h("h2", {}, "Requests since the start"), metrics === null
      ? h("div", {class: "card empty"}, "Counted when the server runs with ", h("code", {}, "--metrics"), ".") : requests(summary(metrics))),
    h("section", {}, h("h2", {}, "Limits"), limits(most)),
  ];
}
