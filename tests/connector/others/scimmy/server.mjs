// SCIMMY on Express with users and groups in memory, for the tests of the connector: node scimmy.mjs PORT TOKEN
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

function keep(type) {
    const kept = new Map();
    const names = new Map(); // the id of a user by userName, without letter case
    const nameOf = (resource) => resource?.userName?.toLowerCase();
    const forget = (id) => names.get(nameOf(kept.get(id))) === id && names.delete(nameOf(kept.get(id)));
    let last = 0;
    SCIMMY.Resources.declare(type)
        .ingress(async (resource, data) => {
            const id = resource.id ?? String(++last);
            const known = kept.get(id);
            if (resource.id && !known) throw new SCIMMY.Types.Error(404, null, `there is no ${id}`);
            const now = new Date();
            const stored = {...JSON.parse(JSON.stringify(data)), id, meta: {created: known?.meta.created ?? now, lastModified: now}};
            forget(id);
            kept.set(id, stored);
            if (stored.userName) names.set(nameOf(stored), id);
            return stored;
        })
        .egress(async (resource) => {
            if (resource.id) {
                if (!kept.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `there is no ${resource.id}`);
                return kept.get(resource.id);
            }
            const name = /^userName eq "([^"\\]*)"$/.exec(resource.filter?.expression)?.[1];
            if (name !== undefined) return [kept.get(names.get(name.toLowerCase()))].filter(Boolean);
            const all = [...kept.values()];
            return resource.filter ? resource.filter.match(all) : all;
        })
        .degress(async (resource) => {
            forget(resource.id);
            if (!kept.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `there is no ${resource.id}`);
        });
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
keep(SCIMMY.Resources.User);
keep(SCIMMY.Resources.Group);

const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("unknown token");
        return "test";
    },
}));
app.listen(Number(port), "127.0.0.1", () => console.log("listening"));
