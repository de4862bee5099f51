// What the page asks its server. The session is a cookie that no script can read; its token for requests that change
// something is kept here, and nowhere else.

let csrf = "";
let signedOut = () => {};

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export function onSignedOut(callback) { signedOut = callback; }

async function send(method, path, body, type) {
  const headers = {};
  if (method !== "GET")
    headers["X-CSRF-Token"] = csrf;
  if (body !== undefined)
    headers["Content-Type"] = type;
  let answer;
  try {
    answer = await fetch(`/admin/api${path}`, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", cache: "no-store",
    });
  } catch {
    throw new Refused(0, "The server does not answer.");
  }
  const text = await answer.text();
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  const data = isJson && text ? JSON.parse(text) : text;
  if (answer.ok)
    return data;
  if (answer.status === 401 && path !== "/login")
    signedOut();
  throw new Refused(answer.status, data?.detail || `The server answers ${answer.status}.`);
}

function keep(session) {
  csrf = session.csrf;
  return session;
}

export const get = path => send("GET", path);
export const post = (path, body = {}) => send("POST", path, body, "application/json");
export const session = async () => keep(await get("/session"));
export const logIn = async secret => keep(await post("/login", {secret}));
export const choosePassword = async (password, current) => keep(await post("/password", {password, current}));
/// What there is of a tenant; with its name twice it is removed.
export const removeTenant = (tenant, confirm) => post("/remove-tenant", confirm ? {tenant, confirm} : {tenant});
/// How many accounts SCIM manages in it; with its name twice it is switched off, and some of them are taken from SCIM.
export const convertTenant = (tenant, confirm) => post("/convert-tenant", confirm ? {tenant, confirm} : {tenant});
export const logOut = () => post("/logout");

/// The administration's SCIM.
export const scim = {
  get: path => send("GET", `/scim${path}`),
  post: (path, body) => send("POST", `/scim${path}`, body, "application/scim+json"),
  patch: (path, ...operations) => send("PATCH", `/scim${path}`,
    {schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations}, "application/scim+json"),

  remove: path => send("DELETE", `/scim${path}`),

  /// All resources, page by page.
  async all(path) {
    const found = [];
    for (;;) {
      const page = await send("GET", `/scim${path}?count=200&startIndex=${found.length + 1}`);
      found.push(...(page.Resources || []));
      if (!page.Resources?.length || found.length >= page.totalResults)
        return found;
    }
  },
};

/// The tenants as they are served now.
export const tenants = async () => (await get("/tenants")).tenants;

/// Files of schemas that a tenant may name; null as files: there is no directory for them.
export const schemaFiles = () => get("/schema-files");

export const quoted = text => JSON.stringify(text);
