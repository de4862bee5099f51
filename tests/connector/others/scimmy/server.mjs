// SCIMMY on Express with users and groups in memory, for the tests of the connector: node scimmy.mjs PORT TOKEN
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

function keep(type) {
    const kept = new Map();
    let last = 0;
    SCIMMY.Resources.declare(type)
        .ingress(async (resource, data) => {
            const id = resource.id ?? String(++last);
            const known = kept.get(id);
            if (resource.id && !known) throw new SCIMMY.Types.Error(404, null, `there is no ${id}`);
            const now = new Date();
            const stored = {...JSON.parse(JSON.stringify(data)), id, meta: {created: known?.meta.created ?? now, lastModified: now}};
            kept.set(id, stored);
            return stored;
        })
        .egress(async (resource) => {
            if (resource.id) {
                if (!kept.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `there is no ${resource.id}`);
                return kept.get(resource.id);
            }
            const all = [...kept.values()];
            return resource.filter ? resource.filter.match(all) : all;
        })
        .degress(async (resource) => {
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
