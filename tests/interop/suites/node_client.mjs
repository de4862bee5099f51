// A client that does everything twice: a PATCH on the server and by the library scim-patch on its own copy, a filter on
// the server and by scim2-parse-filter over all it has. What the two say differently is printed, one line each.
//
//   node node_client.mjs MODULES BASE_URL TOKEN
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

const [modules, base, token] = process.argv.slice(2);
const require = createRequire(modules + "/index.js");
const { scimPatch } = require("scim-patch");
const { parse, filter } = require("scim2-parse-filter");

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

let compared = 0;
const differ = (what, ours, theirs) =>
  console.log(`DIFFERENT ${what}\n  server  ${JSON.stringify(ours)}\n  library ${JSON.stringify(theirs)}`);

async function send(method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

const without = ({ meta, schemas, id, ...rest }) => rest;
/** Members in one order; what is false where it need not be said, empty or null is not there. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, plain(member)])
      .filter(([name, member]) => !(name === "primary" && member === false) && member !== undefined && member !== null &&
        !(Array.isArray(member) && member.length === 0) &&
        !(typeof member === "object" && Object.keys(member).length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1)));
}

function user(n) {
  const named = n % 3 !== 0;
  return {
    schemas: [core, ...(n % 4 ? [enterprise] : [])],
    userName: `user${n}`,
    externalId: `E-${n}`,
    active: n % 2 === 0,
    ...(named && { name: { givenName: `Given${n}`, familyName: n % 2 ? "Odd" : "Even" } }),
    emails: [
      { value: `user${n}@example.com`, type: "work", primary: true },
      ...(n % 2 ? [{ value: `home${n}@example.org`, type: "home" }] : []),
    ],
    ...(n % 4 && { [enterprise]: { department: `D${n % 5}`, employeeNumber: `${n}` } }),
  };
}

const patches = [
  [{ op: "replace", path: "active", value: true }],
  [{ op: "replace", value: { active: false, displayName: "Shown" } }],
  [{ op: "add", path: "name.givenName", value: "New" }],
  [{ op: "replace", path: "name", value: { givenName: "A", familyName: "B" } }],
  [{ op: "remove", path: "name.familyName" }],
  [{ op: "remove", path: "name" }],
  [{ op: "add", path: "emails", value: [{ value: "more@example.com", type: "other" }] }],
  [{ op: "replace", path: 'emails[type eq "work"].value', value: "changed@example.com" }],
  [{ op: "remove", path: 'emails[type eq "home"]' }],
  [{ op: "remove", path: 'emails[value sw "home"].type' }],
  [{ op: "replace", path: "emails", value: [{ value: "only@example.com", type: "work" }] }],
  [{ op: "remove", path: "emails" }],
  [{ op: "add", path: `${enterprise}:department`, value: "Added" }],
  [{ op: "replace", path: `${enterprise}:department`, value: "Replaced" }],
  [{ op: "remove", path: `${enterprise}:department` }],
  [{ op: "add", path: "title", value: "T" }, { op: "replace", path: "title", value: "U" }, { op: "remove", path: "title" }],
  [{ op: "add", value: { nickName: "Nick", title: "T" } }],
  [{ op: "Replace", path: "displayName", value: "Letter case of op" }],
];

const filters = [
  'userName eq "user1"', 'userName eq "USER1"', 'userName ne "user1"', 'userName co "er1"', 'userName sw "user2"',
  'userName ew "5"', "name pr", "not (name pr)", 'name.familyName eq "Odd"', "active eq true", "active ne true",
  'emails[type eq "home"]', 'emails[type eq "work" and value co "1@"]', 'emails.type eq "home"',
  'emails[not (type eq "work")]', 'userName gt "user5"', 'userName le "user3"', 'externalId eq "E-4"',
  'externalId eq "e-4"', 'active eq true and name.familyName eq "Even" or userName eq "user3"',
  'active eq true and (name.familyName eq "Even" or userName eq "user3")', 'not (active eq true) and emails pr',
  `${enterprise}:department eq "D2"`, `${enterprise}:department pr`, "title pr", 'emails.value ew ".org"',
];

async function main() {
  for (let n = 0; n < 24; ++n) {
    const made = await send("POST", "/Users", user(n));
    if (made.status !== 201) throw new Error(`no user was made: ${JSON.stringify(made)}`);
  }
  const all = (await send("GET", "/Users?count=1000")).body.Resources;
  for (const text of filters) {
    ++compared;
    const answer = await send("GET", `/Users?count=1000&filter=${encodeURIComponent(text)}`);
    const ours = (answer.body.Resources ?? [answer.body]).map((each) => each.userName).sort();
    const theirs = all.filter(filter(parse(text))).map((each) => each.userName).sort();
    if (!isDeepStrictEqual(ours, theirs)) differ(`filter ${text}`, ours, theirs);
  }
  for (const original of all.slice(0, 8))
    for (const operations of patches) {
      ++compared;
      const made = (await send("POST", "/Users", { ...without(original), schemas: original.schemas, userName: `p${compared}` })).body;
      const path = `/Users/${made.id}`;
      const body = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
      const answer = await send("PATCH", path, body);
      let theirs;
      try {
        theirs = plain(without(scimPatch(structuredClone(made), structuredClone(operations))));
      } catch (error) {
        theirs = String(error);
      }
      const ours = answer.status === 200 ? plain(without((await send("GET", path)).body)) : answer.body;
      if (!isDeepStrictEqual(ours, theirs))
        differ(`patch ${JSON.stringify(operations)}`, ours, theirs);
    }
  console.log(`COMPARED ${compared}`);
}

await main();
