// A server on SCIM-SDK with users and groups in memory, for the tests of the connector: java Server PORT TOKEN
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.SortOrder;
import de.captaingoldfish.scim.sdk.common.exceptions.ConflictException;
import de.captaingoldfish.scim.sdk.common.exceptions.ResourceNotFoundException;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.ResourceNode;
import de.captaingoldfish.scim.sdk.common.resources.ServiceProvider;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.complex.ETagConfig;
import de.captaingoldfish.scim.sdk.common.resources.complex.FilterConfig;
import de.captaingoldfish.scim.sdk.common.resources.complex.PatchConfig;
import de.captaingoldfish.scim.sdk.common.resources.complex.SortConfig;
import de.captaingoldfish.scim.sdk.common.schemas.SchemaAttribute;
import de.captaingoldfish.scim.sdk.server.endpoints.Context;
import de.captaingoldfish.scim.sdk.server.endpoints.ResourceEndpoint;
import de.captaingoldfish.scim.sdk.server.endpoints.ResourceHandler;
import de.captaingoldfish.scim.sdk.server.endpoints.authorize.Authorization;
import de.captaingoldfish.scim.sdk.server.endpoints.base.GroupEndpointDefinition;
import de.captaingoldfish.scim.sdk.server.endpoints.base.UserEndpointDefinition;
import de.captaingoldfish.scim.sdk.server.filter.FilterNode;
import de.captaingoldfish.scim.sdk.server.response.PartialListResponse;
import de.captaingoldfish.scim.sdk.server.schemas.custom.ResourceTypeFeatures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

public class Server {
    /** What the two handlers share: resources in the order in which they were made. */
    static class Kept<T extends ResourceNode> {
        private final Map<String, T> all = new LinkedHashMap<>();
        private int last = 0;

        synchronized T create(T resource) {
            String id = Integer.toString(++last);
            resource.setId(id);
            Instant now = Instant.now();
            resource.getMeta().ifPresent(meta -> {
                meta.setCreated(now);
                meta.setLastModified(now);
            });
            all.put(id, resource);
            return resource;
        }

        synchronized T get(String id) {
            return all.get(id);
        }

        synchronized List<T> list() {
            return new ArrayList<>(all.values());
        }

        synchronized T update(T resource) {
            String id = resource.getId().orElse("");
            T before = all.get(id);
            if (before == null) throw new ResourceNotFoundException("there is no " + id, null, null);
            resource.getMeta().ifPresent(meta -> {
                before.getMeta().flatMap(old -> old.getCreated()).ifPresent(meta::setCreated);
                meta.setLastModified(Instant.now());
            });
            all.put(id, resource);
            return resource;
        }

        synchronized void remove(String id) {
            if (all.remove(id) == null) throw new ResourceNotFoundException("there is no " + id, null, null);
        }
    }

    static class Users extends ResourceHandler<User> {
        private final Kept<User> kept = new Kept<>();

        @Override
        public User createResource(User user, Context context) {
            String name = user.getUserName().orElse("");
            if (kept.list().stream().anyMatch(each -> each.getUserName().orElse("").equalsIgnoreCase(name)))
                throw new ConflictException("the userName is taken");
            return kept.create(user);
        }

        @Override
        public User getResource(String id, List<SchemaAttribute> shown, List<SchemaAttribute> hidden, Context context) {
            return kept.get(id);
        }

        @Override
        public PartialListResponse<User> listResources(long start, int count, FilterNode filter, SchemaAttribute sortBy,
                                                       SortOrder order, List<SchemaAttribute> shown,
                                                       List<SchemaAttribute> hidden, Context context) {
            List<User> all = kept.list();
            return PartialListResponse.<User>builder().resources(all).totalResults(all.size()).build();
        }

        @Override
        public User updateResource(User user, Context context) {
            return kept.update(user);
        }

        @Override
        public void deleteResource(String id, Context context) {
            kept.remove(id);
        }
    }

    static class Groups extends ResourceHandler<Group> {
        private final Kept<Group> kept = new Kept<>();

        @Override
        public Group createResource(Group group, Context context) {
            return kept.create(group);
        }

        @Override
        public Group getResource(String id, List<SchemaAttribute> shown, List<SchemaAttribute> hidden, Context context) {
            return kept.get(id);
        }

        @Override
        public PartialListResponse<Group> listResources(long start, int count, FilterNode filter, SchemaAttribute sortBy,
                                                        SortOrder order, List<SchemaAttribute> shown,
                                                        List<SchemaAttribute> hidden, Context context) {
            List<Group> all = kept.list();
            return PartialListResponse.<Group>builder().resources(all).totalResults(all.size()).build();
        }

        @Override
        public Group updateResource(Group group, Context context) {
            return kept.update(group);
        }

        @Override
        public void deleteResource(String id, Context context) {
            kept.remove(id);
        }
    }

    record Door(String token) implements Authorization {
        @Override
        public Set<String> getClientRoles() {
            return Set.of();
        }

        @Override
        public boolean authenticate(Map<String, String> headers, Map<String, String> query) {
            return headers.entrySet().stream().anyMatch(
                each -> each.getKey().equalsIgnoreCase("Authorization") && each.getValue().equals("Bearer " + token));
        }
    }

    static void answer(HttpExchange exchange, ResourceEndpoint endpoint, String base, String token) throws IOException {
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        var said = endpoint.handleRequest(base + exchange.getRequestURI(), HttpMethod.valueOf(exchange.getRequestMethod()),
                                          asked.isEmpty() ? null : asked, headers, new Context(new Door(token)));
        said.getHttpHeaders().forEach(exchange.getResponseHeaders()::set);
        int status = said.getHttpStatus();
        byte[] body = status == 204 || status == 304 ? new byte[0] : said.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        var endpoint = new ResourceEndpoint(ServiceProvider.builder()
            .filterConfig(FilterConfig.builder().supported(true).maxResults(100).build())
            .sortConfig(SortConfig.builder().supported(true).build())
            .patchConfig(PatchConfig.builder().supported(true).build())
            .eTagConfig(ETagConfig.builder().supported(true).build())
            .build());
        var features = ResourceTypeFeatures.builder().autoFiltering(true).autoSorting(true).build();
        endpoint.registerEndpoint(new UserEndpointDefinition(new Users())).setFeatures(features);
        endpoint.registerEndpoint(new GroupEndpointDefinition(new Groups())).setFeatures(features);
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        String base = "http://127.0.0.1:" + port;
        server.createContext("/scim/v2", exchange -> answer(exchange, endpoint, base, arguments[1]));
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("listening");
    }
}
