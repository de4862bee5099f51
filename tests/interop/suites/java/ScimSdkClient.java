// The client of SCIM-SDK, as an application uses it. It judges answers itself: isValidScimResponse() looks at their
// headers and bodies.
import de.captaingoldfish.scim.sdk.client.ScimClientConfig;
import de.captaingoldfish.scim.sdk.client.ScimRequestBuilder;
import de.captaingoldfish.scim.sdk.client.response.ServerResponse;
import de.captaingoldfish.scim.sdk.common.constants.EndpointPaths;
import de.captaingoldfish.scim.sdk.common.constants.enums.Comparator;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.PatchOp;
import de.captaingoldfish.scim.sdk.common.constants.enums.SortOrder;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.ServiceProvider;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.complex.Name;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Email;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Member;
import de.captaingoldfish.scim.sdk.common.response.BulkResponse;
import de.captaingoldfish.scim.sdk.common.response.ListResponse;
import java.util.List;
import java.util.Map;

class ScimSdkClient {
    static ScimRequestBuilder scim;

    static User user(String name) {
        return User.builder().userName(name).active(true).name(Name.builder().givenName("G").familyName("F").build())
            .emails(List.of(Email.builder().value(name + "@example.com").type("work").primary(true).build(),
                            Email.builder().value(name + "@example.org").type("home").build()))
            .build();
    }

    static <T extends de.captaingoldfish.scim.sdk.common.resources.base.ScimObjectNode> T good(
        String what, int status, ServerResponse<T> response) {
        Checks.equal(what, status, response.getHttpStatus());
        Checks.check(what + " is a SCIM answer: " + response.getHttpHeaders() + response.getResponseBody(),
                     response.isValidScimResponse());
        return response.getResource();
    }

    static User create(String name) {
        return good("create", 201, scim.create(User.class, EndpointPaths.USERS).setResource(user(name)).sendRequest());
    }

    static void delete(String endpoint, String id) {
        Checks.equal("delete", 204, scim.delete(User.class, endpoint, id).sendRequest().getHttpStatus());
    }

    static void discovery() {
        ServiceProvider provider = scim.loadServiceProviderConfiguration();
        Checks.check("patch is announced", provider.getPatchConfig().isSupported());
        Checks.check("bulk is announced", provider.getBulkConfig().isSupported());
        Checks.check("etags are announced", provider.getETagConfig().isSupported());
        ServerResponse<?> meta = scim.loadMetaConfiguration().sendRequest();
        Checks.check("schemas and resource types are understood: " + meta.getResponseBody(), meta.isSuccess());
    }

    static void lifecycle() {
        User made = create("ada");
        String id = made.getId().get(), version = made.getMeta().get().getVersion().get().toString();
        User read = good("read", 200, scim.get(User.class, EndpointPaths.USERS, id).sendRequest());
        Checks.equal("user", made, read);
        Checks.equal("not modified", 304,
                     scim.get(User.class, EndpointPaths.USERS, id).setETagForIfNoneMatch(version).sendRequest().getHttpStatus());
        read.setTitle("Countess");
        User replaced = good("replace", 200, scim.update(User.class, EndpointPaths.USERS, id).setResource(read)
            .setETagForIfMatch(version).sendRequest());
        Checks.equal("title", "Countess", replaced.getTitle().get());
        Checks.equal("an old version", 412, scim.update(User.class, EndpointPaths.USERS, id).setResource(made)
            .setETagForIfMatch(version).sendRequest().getHttpStatus());
        delete(EndpointPaths.USERS, id);
        ServerResponse<User> gone = scim.get(User.class, EndpointPaths.USERS, id).sendRequest();
        Checks.equal("gone", 404, gone.getHttpStatus());
        Checks.equal("status of the error", 404, gone.getErrorResponse().getStatus());
    }

    static void patches() {
        String id = create("patched").getId().get();
        User after = good("patch", 200, scim.patch(User.class, EndpointPaths.USERS, id)
            .addOperation().op(PatchOp.REPLACE).path("active").value("false").next()
            .op(PatchOp.ADD).path("emails").valueNode(Email.builder().value("x@example.com").type("other").build()).next()
            .op(PatchOp.REMOVE).path("emails[type eq \"home\"]").next()
            .op(PatchOp.REPLACE).path("name.givenName").value("New").build().sendRequest());
        Checks.equal("active", false, after.isActive().get());
        Checks.equal("e-mail addresses", 2, after.getEmails().size());
        Checks.equal("given name", "New", after.getName().get().getGivenName().get());
        User merged = good("patch without a path", 200, scim.patch(User.class, EndpointPaths.USERS, id)
            .addOperation().op(PatchOp.ADD).valueNode(User.builder().nickName("Nick").build()).build().sendRequest());
        Checks.equal("nick name", "Nick", merged.getNickName().get());
        Checks.equal("a path that leads nowhere", "invalidPath", scim.patch(User.class, EndpointPaths.USERS, id)
            .addOperation().op(PatchOp.REPLACE).path("emails..value").value("x").build().sendRequest().getErrorResponse()
            .getScimType().orElse(""));
        delete(EndpointPaths.USERS, id);
    }

    static void searches() {
        String[] ids = new String[7];
        for (int i = 0; i < 7; ++i)
            ids[i] = create("s" + i).getId().get();
        ListResponse<User> page = good("search", 200, scim.list(User.class, EndpointPaths.USERS).count(3).startIndex(2)
            .filter("userName", Comparator.SW, "s").and("emails.value", Comparator.NE, "s0@example.com").build()
            .sortBy("userName").sortOrder(SortOrder.DESCENDING).get().sendRequest());
        Checks.equal("matches", 7L, page.getTotalResults());
        Checks.equal("page", 3, page.getListedResources().size());
        Checks.equal("first", "s5", page.getListedResources().get(0).getUserName().get());
        ListResponse<User> posted = good("search by POST", 200, scim.list(User.class, EndpointPaths.USERS).count(2)
            .filter("userName eq \"S3\"").attributes("userName").post().sendRequest());
        Checks.equal("match by POST", "s3", posted.getListedResources().get(0).getUserName().get());
        Checks.check("nothing else", posted.getListedResources().get(0).getEmails().isEmpty());
        ListResponse<User> all = good("all", 200, scim.list(User.class, EndpointPaths.USERS).get().sendRequest());
        Checks.equal("all of them", 7, all.getListedResources().size());
        for (String id : ids)
            delete(EndpointPaths.USERS, id);
    }

    static void bulks() {
        BulkResponse made = good("bulk", 200, scim.bulk()
            .bulkRequestOperation(EndpointPaths.GROUPS).method(HttpMethod.POST).bulkId("g")
            .data(Group.builder().displayName("Engineers").members(List.of(
                Member.builder().value("bulkId:u").type("User").build())).build()).next()
            .bulkRequestOperation(EndpointPaths.USERS).method(HttpMethod.POST).bulkId("u").data(user("bulked")).next()
            .bulkRequestOperation(EndpointPaths.USERS).method(HttpMethod.POST).bulkId("v").data(user("bulked"))
            .sendRequest());
        Checks.equal("statuses", "201 201 409", String.join(" ", made.getBulkResponseOperations().stream()
            .map(operation -> operation.getStatus().toString()).toList()));
        String group = id(made, 0), user = id(made, 1);
        Group read = good("group", 200, scim.get(Group.class, EndpointPaths.GROUPS, group).sendRequest());
        Checks.equal("member", user, read.getMembers().get(0).getValue().get());
        BulkResponse removed = good("bulk of removals", 200, scim.bulk()
            .bulkRequestOperation(EndpointPaths.GROUPS, group).method(HttpMethod.DELETE).next()
            .bulkRequestOperation(EndpointPaths.USERS, user).method(HttpMethod.DELETE).sendRequest());
        Checks.equal("removed", 2, removed.getBulkResponseOperations().size());
    }

    static String id(BulkResponse made, int operation) {
        String location = made.getBulkResponseOperations().get(operation).getLocation().get();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    public static void main(String[] arguments) {
        scim = new ScimRequestBuilder(arguments[0], ScimClientConfig.builder()
            .httpHeaders(Map.of("Authorization", "Bearer " + arguments[1])).build());
        Checks.story("discovery", ScimSdkClient::discovery);
        Checks.story("lifecycle", ScimSdkClient::lifecycle);
        Checks.story("patches", ScimSdkClient::patches);
        Checks.story("searches", ScimSdkClient::searches);
        Checks.story("bulks", ScimSdkClient::bulks);
        Checks.end();
        scim.close();
    }
}
