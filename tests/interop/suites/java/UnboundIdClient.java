// The SCIM 2 SDK of UnboundID, as an application uses it: what it sends has to be understood, and it has to understand
// the answers.
import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.GenericScimResource;
import com.unboundid.scim2.common.exceptions.PreconditionFailedException;
import com.unboundid.scim2.common.exceptions.ResourceConflictException;
import com.unboundid.scim2.common.exceptions.ResourceNotFoundException;
import com.unboundid.scim2.common.exceptions.BadRequestException;
import com.unboundid.scim2.common.filters.Filter;
import com.unboundid.scim2.common.messages.ListResponse;
import com.unboundid.scim2.common.messages.PatchOperation;
import com.unboundid.scim2.common.messages.PatchRequest;
import com.unboundid.scim2.common.messages.SortOrder;
import com.unboundid.scim2.common.types.*;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.jersey.apache.connector.ApacheConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;

class UnboundIdClient {
    static ScimService scim;

    static UserResource user(String name) {
        UserResource user = new UserResource().setUserName(name).setActive(true).setDisplayName("The " + name);
        user.setName(new Name().setGivenName("G " + name).setFamilyName("F"));
        user.setEmails(List.of(new Email().setValue(name + "@example.com").setType("work").setPrimary(true),
                               new Email().setValue(name + "@example.org").setType("home")));
        user.setExternalId("x-" + name);
        return user;
    }

    static UserResource create(String name) throws Exception {
        return scim.create("Users", user(name));
    }

    static void configuration() throws Exception {
        ServiceProviderConfigResource config = scim.getServiceProviderConfig();
        Checks.check("patch is announced", config.getPatch().isSupported());
        Checks.check("filter is announced", config.getFilter().isSupported());
        Checks.check("bulk is announced", config.getBulk().isSupported());
    }

    static void discovery() throws Exception {
        Checks.equal("resource types", 2L, scim.getResourceTypes().getResources().stream().filter(
            type -> List.of("User", "Group").contains(type.getName())).count());
        Checks.equal("endpoint of User", "/Users", scim.getResourceType("User").getEndpoint().toString());
        Checks.check("there are schemas", scim.getSchemas().getTotalResults() >= 3);
        Checks.equal("schema of User", "User", scim.getSchema("urn:ietf:params:scim:schemas:core:2.0:User").getName());
    }

    static void lifecycle() throws Exception {
        UserResource made = create("ada");
        Checks.check("it has an id", made.getId() != null);
        Checks.equal("type", "User", made.getMeta().getResourceType());
        Checks.check("it was created", made.getMeta().getCreated() != null);
        Checks.check("it has a version", made.getMeta().getVersion() != null);
        UserResource read = scim.retrieve("Users", made.getId(), UserResource.class);
        Checks.equal("what was read", made, read);
        Checks.equal("by location", made, scim.retrieve(made.getMeta().getLocation(), UserResource.class));
        read.setTitle("Countess");
        UserResource replaced = scim.replaceRequest(read).ifMatch().invoke();
        Checks.equal("title", "Countess", replaced.getTitle());
        Checks.equal("emails stay", 2, replaced.getEmails().size());
        try {
            scim.replaceRequest(made.setTitle("Old")).ifMatch().invoke();
            Checks.check("an old version is refused", false);
        } catch (PreconditionFailedException expected) {
            Checks.check("an old version is refused", true);
        }
        scim.delete(replaced);
        try {
            scim.retrieve("Users", made.getId(), UserResource.class);
            Checks.check("what is deleted is gone", false);
        } catch (ResourceNotFoundException expected) {
            Checks.check("what is deleted is gone", true);
        }
    }

    static void patches() throws Exception {
        UserResource made = create("patched");
        UserResource after = scim.modifyRequest(made).replaceValue("active", false).replaceValue("name.givenName", "New")
            .addValues("phoneNumbers", new PhoneNumber().setValue("+1 201 555 0123").setType("work"))
            .removeValues("emails[type eq \"home\"]").invoke();
        Checks.equal("active", false, after.getActive());
        Checks.equal("given name", "New", after.getName().getGivenName());
        Checks.equal("family name stays", "F", after.getName().getFamilyName());
        Checks.equal("phone numbers", 1, after.getPhoneNumbers().size());
        Checks.equal("e-mail addresses", 1, after.getEmails().size());
        after = scim.modifyRequest(after).replaceValue("emails[type eq \"work\"].value", "new@example.com").invoke();
        Checks.equal("address", "new@example.com", after.getEmails().get(0).getValue());
        String department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        GenericScimResource extended = scim.modifyRequest("Users", made.getId()).addValues(department, "Analysis")
            .invoke(GenericScimResource.class);
        Checks.equal("department", "Analysis", extended.getStringValue(department));
        after = scim.modify(after.getId().isEmpty() ? "" : "Users", made.getId(),
            new PatchRequest(List.of(PatchOperation.remove("title"), PatchOperation.replace("nickName", "Nick"))),
            UserResource.class);
        Checks.equal("nick name", "Nick", after.getNickName());
        try {
            scim.modifyRequest("Users", made.getId()).replaceValue("userName", "").invoke(UserResource.class);
            Checks.check("an empty userName is refused", false);
        } catch (BadRequestException expected) {
            Checks.check("an empty userName is refused", true);
        }
        scim.delete(after);
    }

    static void searches() throws Exception {
        List<UserResource> made = new ArrayList<>();
        for (int i = 0; i < 7; ++i)
            made.add(create("s" + i));
        ListResponse<UserResource> one = scim.search("Users", Filter.eq("userName", "s3").toString(), UserResource.class);
        Checks.equal("one user", 1, one.getTotalResults());
        Checks.equal("it", made.get(3), one.getResources().get(0));
        Filter some = Filter.and(Filter.sw("userName", "s"), Filter.not(Filter.eq("externalId", "x-s0")));
        ListResponse<UserResource> page = scim.searchRequest("Users").filter(some).sort("userName", SortOrder.DESCENDING)
            .page(2, 3).attributes("userName").invoke(UserResource.class);
        Checks.equal("matches", 6, page.getTotalResults());
        Checks.equal("page", 3, page.getResources().size());
        Checks.equal("first of the page", "s5", page.getResources().get(0).getUserName());
        Checks.check("nothing else was asked for", page.getResources().get(0).getEmails() == null);
        ListResponse<UserResource> posted = scim.searchRequest("Users").filter(some).sort("userName", SortOrder.ASCENDING)
            .page(1, 2).excludedAttributes("emails").invokePost(UserResource.class);
        Checks.equal("matches by POST", 6, posted.getTotalResults());
        Checks.equal("first by POST", "s1", posted.getResources().get(0).getUserName());
        Checks.check("left out by POST", posted.getResources().get(0).getEmails() == null);
        Checks.equal("by address", 1, scim.search("Users", "emails[type eq \"work\" and value eq \"s4@example.com\"]",
                                                  UserResource.class).getTotalResults());
        for (UserResource user : made)
            scim.delete(user);
    }

    static void groups() throws Exception {
        UserResource ada = create("member1"), bob = create("member2");
        GroupResource group = scim.create("Groups", new GroupResource().setDisplayName("Engineers").setMembers(
            List.of(new Member().setValue(ada.getId()))));
        Checks.equal("members", 1, group.getMembers().size());
        Checks.check("where the member is", group.getMembers().get(0).getRef().toString().endsWith("/Users/" + ada.getId()));
        scim.modifyRequest("Groups", group.getId()).addValues("members", new Member().setValue(bob.getId()))
            .attributes("members").invoke(GroupResource.class);
        Checks.equal("members", 2, scim.retrieve("Groups", group.getId(), GroupResource.class).getMembers().size());
        Checks.equal("groups of bob", 1, scim.retrieve("Users", bob.getId(), UserResource.class).getGroups().size());
        scim.modifyRequest("Groups", group.getId()).removeValues("members[value eq \"" + ada.getId() + "\"]")
            .attributes("members").invoke(GroupResource.class);
        Checks.equal("members", 1, scim.retrieve("Groups", group.getId(), GroupResource.class).getMembers().size());
        scim.delete(ada);
        scim.delete(bob);
        Checks.check("nobody remains", scim.retrieve("Groups", group.getId(), GroupResource.class).getMembers() == null);
        scim.delete(group);
    }

    static void errors() throws Exception {
        UserResource made = create("taken");
        try {
            create("TAKEN");
            Checks.check("a name that is taken is a conflict", false);
        } catch (ResourceConflictException conflict) {
            Checks.equal("scimType", "uniqueness", conflict.getScimError().getScimType());
            Checks.equal("status", 409, conflict.getScimError().getStatus());
        }
        try {
            scim.search("Users", "userName nonsense \"x\"", UserResource.class);
            Checks.check("a filter that is none is refused", false);
        } catch (BadRequestException refused) {
            Checks.equal("scimType", "invalidFilter", refused.getScimError().getScimType());
        }
        scim.delete(made);
    }

    public static void main(String[] arguments) {
        String token = arguments[1];
        ClientConfig config = new ClientConfig().connectorProvider(new ApacheConnectorProvider());
        config.register((ClientRequestFilter) request -> request.getHeaders().add("Authorization", "Bearer " + token));
        scim = new ScimService(ClientBuilder.newClient(config).target(arguments[0]));
        Checks.story("configuration", UnboundIdClient::configuration);
        Checks.story("discovery", UnboundIdClient::discovery);
        Checks.story("lifecycle", UnboundIdClient::lifecycle);
        Checks.story("patches", UnboundIdClient::patches);
        Checks.story("searches", UnboundIdClient::searches);
        Checks.story("groups", UnboundIdClient::groups);
        Checks.story("errors", UnboundIdClient::errors);
        Checks.end();
    }
}
