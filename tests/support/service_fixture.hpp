// A service for tests: in-process, on the memory store unless told otherwise, with a clock that ticks and ids that
// count, so that answers are exact.
//
//     ServiceFixture scim;
//     Reply const created = scim.post("/Users", user("ada"));
//     BOOST_TEST(created.status == 201);
//     BOOST_TEST(created.text("/userName") == "ada");
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/store/unique_keys.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::test
{

/// Starts at 2026-01-01T00:00:00Z, one second later with each look; ids are "id-1", "id-2" and so on.
class TickingEnvironment : public Environment
{
public:
    Instant now() override
    {
        using namespace std::chrono;
        return sys_days{2026y / January / 1} + seconds{ticks_++};
    }
    std::string new_id() override { return "id-" + std::to_string(++ids_); }

private:
    std::atomic<long> ticks_{0};
    std::atomic<long> ids_{0};
};

/// Fast, and the same for the same secret, so that tests can tell what was hashed. Never for anything but tests.
class FakeHasher : public PasswordHasher
{
public:
    result<std::string> hash(std::string_view secret) override
    {
        if (secret == "too weak")
            return Error{ErrorCode::invalid_value, "The password is too weak.", {}};
        return "fake$" + std::to_string(std::hash<std::string_view>{}(secret));
    }
    bool verify(std::string_view stored, std::string_view secret) override { return hash(secret).value() == stored; }
};

/// What CONTRIBUTING.md asks of the detail of an error: it begins with a name or a capital letter and ends with a full
/// stop.
inline bool is_sentence(std::string_view detail)
{
    std::string_view const first = detail.substr(0, detail.find(' '));
    for (std::string_view const word : {"a", "an", "the", "it", "this", "there", "expected", "no", "more", "only"})
        if (first == word)
            return false;
    return detail.ends_with('.') && !detail.ends_with("..") && !detail.starts_with(' ');
}

/// A response with its body parsed.
struct Reply
{
    explicit Reply(Response given)
        : status(given.status)
        , response(std::move(given))
    {
        if (!response.body.empty())
            body = parse_json(response.body).value(); // an answer that is not JSON fails the test
        if (status >= 400 && has("/detail") && !is_sentence(detail()))
            throw std::runtime_error{"no sentence: " + detail()};
    }

    std::string_view header(std::string_view name) const { return response.header(name); }

    /// The value at a JSON pointer, null pointer if there is none.
    json::value const* find(std::string_view pointer) const
    {
        boost::system::error_code error;
        return body.find_pointer(pointer, error);
    }
    bool has(std::string_view pointer) const { return find(pointer) != nullptr; }

    /// The string at a JSON pointer; "(none)" if there is no string.
    std::string text(std::string_view pointer) const
    {
        auto const* value = find(pointer);
        return value && value->is_string() ? std::string{value->get_string()} : "(none)";
    }
    /// The integer at a JSON pointer; -1 if there is none.
    std::int64_t number(std::string_view pointer) const
    {
        auto const* value = find(pointer);
        return value && value->is_int64() ? value->get_int64() : -1;
    }
    /// The elements of the array at a JSON pointer; -1 if there is no array.
    int size(std::string_view pointer) const
    {
        auto const* value = find(pointer);
        return value && value->is_array() ? static_cast<int>(value->get_array().size()) : -1;
    }
    /// What the error body says: scimType, empty if it has none.
    std::string scim_type() const { return has("/scimType") ? text("/scimType") : std::string{}; }
    std::string detail() const { return text("/detail"); }
    std::string id() const { return text("/id"); }

    int status;
    Response response;
    json::value body;
};

/// Encodes what a test may write plainly into a target: blanks, quotes, brackets and letters beyond ASCII.
inline std::string encode_target(std::string_view target)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : target)
    {
        auto const byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && std::string_view{"\"[]<>^`{|}"}.find(c) == std::string_view::npos)
            encoded += c;
        else
        {
            encoded += '%';
            encoded += digits[byte >> 4];
            encoded += digits[byte & 15U];
        }
    }
    return encoded;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a fixture has where a test names no store: a memory store, unless the program says otherwise before its first
/// test (postgresql_default.cpp).
inline std::function<std::shared_ptr<ResourceStore>()>& default_store()
{
    static std::function<std::shared_ptr<ResourceStore>()> made = [] { return memory::make_store(); };
    return made;
}

class ServiceFixture
{
public:
    /// What `options` leaves open gets the values of this fixture.
    explicit ServiceFixture(ServiceOptions options = {})
        : service(make(std::move(options)))
        , store(service.options().store)
    {
    }

    /// `target` is below the SCIM root, and not encoded yet. `body` is sent as it is; a header without a value is not
    /// sent, so that {"Content-Type", ""} sends a body that says nothing of its type.
    Reply send(std::string_view method, std::string_view target, std::string_view body = {}, Headers headers = {}) const
    {
        std::string const full = service.options().path_prefix.value_or("/v2") + encode_target(target);
        return send_raw(method, full, body, std::move(headers));
    }

    /// The same with a target as it would be on the wire.
    Reply send_raw(std::string_view method, std::string_view target, std::string_view body = {},
                   Headers headers = {}) const
    {
        if (!body.empty() && !has_content_type(headers))
            headers.emplace_back("Content-Type", "application/scim+json");
        Request request{.method = method, .target = target, .body = body};
        for (auto const& [name, value] : headers)
            if (!value.empty())
                request.headers.push_back({name, value});
        return Reply{service.handle(request)};
    }

    Reply get(std::string_view target, Headers headers = {}) const
    {
        return send("GET", target, {}, std::move(headers));
    }
    Reply post(std::string_view target, json::value const& body, Headers headers = {}) const
    {
        return send("POST", target, text_of(body), std::move(headers));
    }
    Reply put(std::string_view target, json::value const& body, Headers headers = {}) const
    {
        return send("PUT", target, text_of(body), std::move(headers));
    }
    Reply patch(std::string_view target, json::value const& body, Headers headers = {}) const
    {
        return send("PATCH", target, text_of(body), std::move(headers));
    }
    Reply del(std::string_view target, Headers headers = {}) const
    {
        return send("DELETE", target, {}, std::move(headers));
    }

    /// Creates a resource and returns its id.
    std::string create(std::string_view endpoint, json::value const& body) const
    {
        Reply const created = post(endpoint, body);
        if (created.status != 201)
            throw std::runtime_error{"the test could not create: " + created.response.body};
        return created.id();
    }

    /// What the store has, large attributes included.
    std::optional<Resource> stored(std::string_view type_name, std::string_view id) const
    {
        ResourceType const& type = *service.registry().find_resource_type(type_name);
        std::optional<Resource> found;
        auto const read = store->read(*attachment(), service.options().default_tenant, {},
                                      [&](ReadTransaction& transaction) -> result<void>
                                      {
                                          auto got = transaction.get(type, id, wanted_all(type));
                                          if (!got)
                                              return got.error();
                                          found = std::move(*got);
                                          return {};
                                      });
        if (!read)
            throw std::runtime_error{"the test could not read: " + read.error().detail};
        return found;
    }

    /// Of the service's own registry: the store's values are of its types.
    std::shared_ptr<Attachment const> attachment() const { return store->attach(service.options().registry).value(); }

    /// Puts a resource into the store as it is, past all rules but uniqueness.
    void store_directly(Resource resource) const
    {
        auto const facts = UniqueKeyRules::make(service.registry()).value();
        auto const written = store->write(*attachment(), service.options().default_tenant, {},
                                          [&](WriteTransaction& transaction) -> result<void>
                                          {
                                              auto const version =
                                                  transaction.insert(resource, facts.facts_of(resource));
                                              return version ? result<void>{} : version.error();
                                          });
        if (!written)
            throw std::runtime_error{"the test could not store: " + written.error().detail};
    }

    static std::string text_of(json::value const& value)
    {
        std::string text;
        write_json(text, value);
        return text;
    }

    Service service;
    std::shared_ptr<ResourceStore> store;

private:
    static bool has_content_type(Headers const& headers)
    {
        for (auto const& [name, value] : headers)
            if (name == "Content-Type")
                return true;
        return false;
    }

    static Service make(ServiceOptions options)
    {
        if (options.base_url.empty())
            options.base_url = "https://example.com/v2";
        if (!options.store)
            options.store = default_store()();
        if (!options.authenticator)
            options.authenticator = no_authentication("tester");
        if (!options.environment)
            options.environment = std::make_shared<TickingEnvironment>();
        if (!options.password_hasher)
            options.password_hasher = std::make_shared<FakeHasher>();
        return Service::create(std::move(options)).value();
    }
};

/// "400 invalidPath"
inline std::string outcome(Reply const& reply)
{
    return std::to_string(reply.status) + (reply.scim_type().empty() ? "" : " " + reply.scim_type());
}

/// The smallest User; more members can be added.
// NOLINTNEXTLINE(performance-unnecessary-value-param): its members are moved
inline json::object user(std::string_view user_name, json::object more = {})
{
    json::object body{{"schemas", json::array{urn::user}}, {"userName", user_name}};
    for (auto& [key, value] : more)
        body[key] = std::move(value);
    return body;
}

/// A Group with these members.
inline json::object group(std::string_view display_name, std::vector<std::string> const& members = {})
{
    json::object body{{"schemas", json::array{urn::group}}, {"displayName", display_name}};
    json::array elements;
    for (std::string const& member : members)
        elements.push_back(json::object{{"value", member}});
    if (!elements.empty())
        body["members"] = std::move(elements);
    return body;
}

/// A PatchOp message.
inline json::object patch_op(json::array operations)
{
    return {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
            {"Operations", std::move(operations)}};
}

/// A PatchOp message with one operation; an empty path is left out, and so is a null value.
inline json::object patch_op(std::string_view op, std::string_view path, json::value value = {})
{
    json::object operation{{"op", op}};
    if (!path.empty())
        operation["path"] = path;
    if (!value.is_null())
        operation["value"] = std::move(value);
    return patch_op(json::array{std::move(operation)});
}

} // namespace scimkit::test
