// A line of hostile_lists.cpp becomes a request here, and what is wrong in any body a create, a replace and a patch: so
// it is not tried on one way in and forgotten on another.
#include "hostile/hostile_requests.hpp"

#include "hostile/hostile_lists.hpp"

#include <string_view>

namespace hostile
{
namespace
{

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers const scim{{"Content-Type", "application/scim+json"}};

std::string repeat(std::string_view text, std::size_t times)
{
    std::string out;
    out.reserve(text.size() * times);
    while (times-- > 0)
        out += text;
    return out;
}

std::string user_with(std::string const& members)
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],)" + members + "}";
}

std::string patch_with(std::string const& operations)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":)" + operations + "}";
}

class Collector
{
public:
    Collector(std::string user, std::string group)
        : user_(std::move(user))
        , group_(std::move(group))
    {
    }

    std::vector<HostileRequest> take() { return std::move(requests_); }

    void broken_json()
    {
        for (char const* text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "[",
                                 "nul",
                                 "tru",
                                 "\"",
                                 "{\"userName\"",
                                 "{\"userName\":",
                                 "{\"userName\":}",
                                 "{,}",
                                 "{\"a\":1,}",
                                 "{'userName':'x'}",
                                 "{userName:\"x\"}",
                                 "{\"userName\":\"x\"}}",
                                 "{\"userName\":\"x\"} x",
                                 "{\"userName\":\"\\x\"}",
                                 "{\"userName\":\"\\u12\"}",
                                 "{\"userName\":\"\\ud800\"}",
                                 "{\"userName\":\"\\udc00\\ud800\"}",
                                 "{\"userName\":\"a\nb\"}",
                                 "{\"userName\":\"\t\"}",
                                 "<xml/>",
                                 "userName=x",
                                 "\xEF\xBB\xBF{}",
                                 "{\"userName\":\"\xFF\"}",
                                 "{\"userName\":\"\xC0\xAF\"}",
                                 "{\"userName\":\"\xED\xA0\x80\"}",
                                 "{\"userName\":\"\xF4\x90\x80\x80\"}",
                                 "{\"\xFF\":1}",
                                 "{\"userName\":\"x\",\"userName\":\"y\"}",
                                 "{\"userName\":\"x\",\"user\\u004eame\":\"y\"}",
                                 "// c\n{}",
                                 "{\"active\":01}",
                                 "{\"active\":+1}",
                                 "{\"active\":.5}",
                                 "{\"active\":1.}",
                                 "{\"active\":0x1}",
                                 "{\"active\":NaN}",
                                 "{\"active\":Infinity}",
                                 "{\"active\":-}",
                                 "{\"active\":1e}"})
            bodies("broken JSON", text);
        bodies("a byte of zero in the text", std::string{"{\"userName\":\"a\0b\"}", 18});
        bodies("a number beyond all doubles", "{\"x\":1e400}");
        bodies("a number with ten thousand digits before the exponent", "{\"x\":" + repeat("9", 10'000) + "e999}");
    }

    void wrong_shape()
    {
        for (char const* text : {"null", "true", "0", "\"text\"", "[]", "[{}]", "{}", "[[[]]]"})
            bodies("not the message", text);
    }

    void wrong_types()
    {
        for (char const* value : {"1", "[]", "{\"a\":1}", "true", "\"x\""})
            for (char const* name : {"\"schemas\"", "\"userName\"", "\"name\"", "\"emails\"", "\"active\"",
                                     "\"addresses\"", "\"x509Certificates\"", "\"password\"", "\"externalId\"",
                                     "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\""})
            {
                std::string const attribute{name}, text{value};
                bool const is_text = text == "\"x\"", is_object = text[0] == '{';
                bool const takes_text =
                    attribute == "\"userName\"" || attribute == "\"password\"" || attribute == "\"externalId\"";
                // An empty array is no value of what is multi-valued; without `schemas` the endpoint says what it is.
                bool const takes_many = attribute == "\"emails\"" || attribute == "\"addresses\"" ||
                                        attribute == "\"x509Certificates\"" || attribute == "\"schemas\"";
                bool const fits = (takes_many && text == "[]") || (takes_text && is_text) ||
                                  (attribute == "\"active\"" && text == "true") ||
                                  (is_object && attribute != "\"schemas\"" && attribute != "\"active\"" && !takes_text);
                if (fits)
                    continue;
                std::string body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"h",)";
                if (attribute == "\"schemas\"")
                    body = R"({"userName":"h",)";
                if (attribute == "\"userName\"")
                    body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],)";
                post("wrong type of " + attribute, "/scim/Users", body + attribute + ":" + text + "}");
            }
        for (char const* element : {"null", "1", "true", "\"x\"", "[]", "[{}]"})
            post("wrong element of emails", "/scim/Users",
                 user_with(R"("userName":"h","emails":[)" + std::string{element} + "]"));
        for (char const* sub : {R"("value":1)", R"("value":{})", R"("value":["a","b"])", R"("primary":"maybe")",
                                R"("primary":1)", R"("type":true)", R"("display":[1])"})
            post("wrong sub-attribute of emails", "/scim/Users",
                 user_with(R"("userName":"h","emails":[{)" + std::string{sub} + "}]"));
        for (char const* certificate : {"\"not base64!\"", "\"QQ\"", "\"QR==\"", "\"Q Q=\"", "\"_-8=\""})
            post("bad base64", "/scim/Users",
                 user_with(R"("userName":"h","x509Certificates":[{"value":)" + std::string{certificate} + "}]"));
        for (char const* name : {"\"\"", "null", "\"   \"", "[]"})
            post("no user name", "/scim/Users", user_with("\"userName\":" + std::string{name}));
        post("a name twice in other case", "/scim/Users", user_with(R"("userName":"h","USERNAME":"i")"));
        post("a qualified and a plain name", "/scim/Users",
             user_with(R"("userName":"h","urn:ietf:params:scim:schemas:core:2.0:User:username":"i")"));
        post("a group without a name", "/scim/Groups",
             R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]})");
        for (char const* member : {"1", "null", "[]", "{\"value\":1}", "{\"value\":{}}", "{\"type\":[]}"})
            post("a bad member", "/scim/Groups",
                 R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"h","members":[)" +
                     std::string{member} + "]}");
    }

    void too_much()
    {
        bodies("deep arrays", user_with("\"x\":" + repeat("[", 200) + repeat("]", 200)));
        bodies("deep objects", user_with("\"x\":" + repeat("{\"a\":", 200) + "1" + repeat("}", 200)));
        bodies("very deep and unclosed", repeat("[", 500'000));
        bodies("a body over the limit", user_with("\"userName\":\"" + repeat("x", (1 << 20) + 1) + "\""));
        bodies("a million values", user_with("\"x\":[" + repeat("0,", 400'000) + "0]"));
        request("a target over the limit", "GET", "/scim/Users?filter=" + repeat("x", 40'000));
        request("a path over the limit", "GET", "/scim/Users/" + repeat("x", 40'000));
        request("ten thousand parentheses", "GET", "/scim/Users?filter=" + repeat("(", 10'000));
        request("ten thousand negations", "GET", "/scim/Users?filter=" + repeat("not(", 6'000));
        request("a filter of many terms", "GET", "/scim/Users?filter=a%20pr" + repeat("%20or%20a%20pr", 1'500));
        patch("too many operations", "[" + repeat(R"({"op":"add","path":"title","value":"x"},)", 10'001) +
                                         R"({"op":"add","path":"title","value":"x"}])");
        patch("a path with deep parentheses",
              R"([{"op":"remove","path":"emails[)" + repeat("(", 5'000) + "type pr" + repeat(")", 5'000) + "]\"}]");
    }

    void media_types()
    {
        for (char const* type : {"text/plain", "application/xml", "application/x-www-form-urlencoded", "text/html",
                                 "application/jsonx", "application", "/", "application/scim+jso", "multipart/form-data",
                                 "application/octet-stream", "; charset=utf-8"})
            for (auto const& [method, target] : {std::pair{"POST", std::string{"/scim/Users"}},
                                                 {"PUT", "/scim/Users/" + user_},
                                                 {"PATCH", "/scim/Users/" + user_}})
                add({"media type " + std::string{type},
                     method,
                     target,
                     {{"Content-Type", type}},
                     user_with("\"userName\":\"h\"")});
    }

    void targets()
    {
        for (char const* target : hostile_targets())
            request("path", "GET", target);
        for (char const* query : hostile_queries())
            request("query", "GET", "/scim/Users?" + std::string{query});
        request("filter on discovery", "GET", "/scim/Schemas?filter=id%20pr");
        request("filter on the configuration", "GET", "/scim/ServiceProviderConfig?filter=id%20pr");
        request("filter on resource types", "GET", "/scim/ResourceTypes?filter=id%20pr");
    }

    void methods()
    {
        for (char const* method : {"get", "Get", "TRACE", "CONNECT", "COPY", "", "GETX", "G\nT"})
            request("method", method, "/scim/Users");
        for (auto const& [method, target] : {std::pair{"POST", std::string{"/scim/Users/"} + user_},
                                             {"PUT", "/scim/Users"},
                                             {"PATCH", "/scim/Users"},
                                             {"DELETE", "/scim/Users"},
                                             {"DELETE", "/scim/Groups"},
                                             {"POST", "/scim/Schemas"},
                                             {"PUT", "/scim/Schemas"},
                                             {"DELETE", "/scim/ServiceProviderConfig"},
                                             {"PATCH", "/scim/ResourceTypes/User"},
                                             {"POST", "/scim/ServiceProviderConfig"},
                                             {"DELETE", "/scim/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"},
                                             {"PUT", "/scim/Users/nosuch"},
                                             {"DELETE", "/scim/Users/nosuch"},
                                             {"PATCH", "/scim/Groups/nosuch"},
                                             {"DELETE", "/scim/Users/" + group_},
                                             {"GET", "/scim/Groups/" + user_},
                                             {"PUT", "/scim/Groups/" + user_}})
            add({"method and place", method, target, scim,
                 method == std::string_view{"PATCH"} ? patch_with(R"([{"op":"add","path":"displayName","value":"h"}])")
                                                     : user_with("\"userName\":\"h\",\"displayName\":\"h\"")});
    }

    void credentials()
    {
        for (char const* value :
             {"", "Bearer", "Bearer ", "Bearer wrong", "bearer", "Basic", "Basic !!!",
              "Basic dXNlcjpwdw==", "Digest username=\"x\"", "Bearer a b", "Bearer \x01", "Bearer \xFF",
              "Negotiate YII=", "Bearertoken", "Bearer,Bearer", "null", "Bearer null", "Bearer undefined"})
        {
            HostileRequest r{"credentials " + std::string{value}, "GET", "/scim/Users",
                             {{"Authorization", value}},          "",    false};
            add(r);
            r.method = "DELETE";
            r.target = "/scim/Users/" + user_;
            add(r);
        }
        add({"no credentials", "DELETE", "/scim/Users/" + user_, {}, "", false});
        add({"a very long token",
             "GET",
             "/scim/Users",
             {{"Authorization", "Bearer " + repeat("a", 100'000)}},
             "",
             false});
        add({"many headers", "GET", "/scim/Users", Headers(2'000, {"X-Padding", "x"}), "", false});
    }

    void preconditions()
    {
        for (char const* tag : {"W/\"0\"", "\"nosuch\"", "W/\"999999999999999999999999\"", "W/\"-1\"", "x", "\"", "W/",
                                ",", "W/\"1", "\"a\" \"b\"", ""})
            add({"If-Match " + std::string{tag}, "DELETE", "/scim/Users/" + user_, {{"If-Match", tag}}, ""});
    }

    void patches()
    {
        for (char const* operations : hostile_operations())
            patch("operations", operations);
        for (
            char const* message :
            {R"({"Operations":[{"op":"add","path":"title","value":"x"}]})",
             R"({"schemas":[],"Operations":[{"op":"add","path":"title","value":"x"}]})",
             R"({"schemas":"urn:ietf:params:scim:api:messages:2.0:PatchOp","Operations":1})",
             R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[{"op":"add","path":"title","value":"x"}]})",
             R"([{"op":"add","path":"title","value":"x"}])"})
            add({"not a PatchOp", "PATCH", "/scim/Users/" + user_, scim, message});
    }

private:
    void add(HostileRequest request)
    {
        request.name = std::to_string(requests_.size()) + ": " + request.name.substr(0, 60);
        requests_.push_back(std::move(request));
    }

    void request(std::string name, std::string method, std::string target)
    {
        add({std::move(name), std::move(method), std::move(target), {}, ""});
    }

    void post(std::string name, std::string target, std::string body)
    {
        add({std::move(name), "POST", std::move(target), scim, std::move(body)});
    }

    void patch(std::string name, std::string const& operations)
    {
        add({std::move(name), "PATCH", "/scim/Users/" + user_, scim, patch_with(operations)});
    }

    /// The same body in a create, a replace and a patch.
    void bodies(std::string const& name, std::string const& body)
    {
        post(name, "/scim/Users", body);
        add({name, "PUT", "/scim/Users/" + user_, scim, body});
        add({name, "PATCH", "/scim/Users/" + user_, scim, body});
    }

    std::string user_, group_;
    std::vector<HostileRequest> requests_;
};

} // namespace

std::vector<HostileRequest> hostile_requests(std::string const& user, std::string const& group)
{
    Collector collector{user, group};
    collector.broken_json();
    collector.wrong_shape();
    collector.wrong_types();
    collector.too_much();
    collector.media_types();
    collector.targets();
    collector.methods();
    collector.credentials();
    collector.preconditions();
    collector.patches();
    return collector.take();
}

} // namespace hostile
