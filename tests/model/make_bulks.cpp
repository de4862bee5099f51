// Bulks: operations of all kinds that refer to one another in every direction, and some that are wrong.
#include "generator.hpp"
#include "text.hpp"

#include <array>

namespace scimkit::model
{

json::object Generator::bulk_post(std::string const& bulk_id, Type const& type)
{
    return {{"method", "POST"}, {"path", type.endpoint}, {"bulkId", bulk_id}, {"data", values_.body(type)}};
}

/// PUT, PATCH or DELETE of what is there, or what the Bulk makes.
json::object Generator::bulk_change()
{
    Type const& chosen = type();
    auto const id = any_id(chosen);
    json::object operation{{"path", chosen.endpoint + '/' + id}};
    auto const kind = choices_.below(5);
    operation["method"] = kind < 3 ? "PATCH" : kind == 3 ? "PUT" : "DELETE";
    if (kind < 4)
        operation["data"] = kind < 3 ? patches_.body(chosen) : values_.body(chosen);
    if (choices_.one_in(8))
        operation["version"] = choices_.one_in(4) ? "{old " + id + '}' : "{etag " + id + '}';
    if (choices_.one_in(12))
        operation["bulkId"] = "mark";
    return operation;
}

/// Something that is wrong with an operation.
void Generator::spoil(json::object& operation)
{
    static constexpr std::array paths{
        "/Users",         "/Users/R000",    "/Nowhere",           "/Nowhere/R000",     "/Bulk", "/Me", "/.search",
        "/Users/.search", "/Users?count=1", "/Users/bulkId:n999", "/Users/bulkId:n000"};
    static constexpr std::array members{"method", "path", "bulkId", "data"};
    if (choices_.one_in(3))
        operation.erase(choices_.of(members));
    else if (choices_.one_in(6))
        operation["method"] = "GET";
    else
        operation["path"] = choices_.of(paths);
}

Step Generator::bulk()
{
    struct New
    {
        std::string bulk_id;
        Type const* type;
    };
    std::vector<New> made;
    std::vector<ValueMaker::Promised> promised;
    for (auto count = choices_.below(choices_.one_in(4) ? 7 : 4); count > 0; --count)
    {
        bool const twice = !made.empty() && choices_.one_in(24);
        made.push_back({twice ? made.back().bulk_id : 'n' + new_number(), &type()});
        promised.push_back({"bulkId:" + made.back().bulk_id, made.back().type});
    }
    if (choices_.one_in(16))
        promised.push_back({"bulkId:n999", &type()});
    values_.promise(promised);
    json::array operations;
    auto changes = choices_.below(4) + (made.empty() ? 1 : 0);
    for (auto next = made.begin(); next != made.end() || changes > 0;)
    {
        bool const makes = next != made.end() && (changes == 0 || choices_.one_in(2));
        changes -= makes ? 0 : 1;
        auto operation = makes ? bulk_post(next->bulk_id, *next->type) : bulk_change();
        next += makes ? 1 : 0;
        if (choices_.one_in(30))
            spoil(operation);
        operations.push_back(std::move(operation));
    }
    values_.promise({});
    json::object message{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}}};
    bool const ends_early = choices_.one_in(5);
    if (ends_early)
        message["failOnErrors"] = static_cast<std::int64_t>(1 + choices_.below(3));
    message["Operations"] = std::move(operations);
    Step step{.method = "POST", .target = "/Bulk", .body = serialised(message)};
    if (choices_.one_in(4))
        step.headers.emplace_back("SCIM-Bulk-Atomic", "true");
    else if (!ends_early) // there what was not carried out has a result too
        need_not_wait(step);
    return step;
}

} // namespace scimkit::model
