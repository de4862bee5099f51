// Makes the schemas of the matrix and sends its requests.
#include "matrix.hpp"

namespace scimkit::test
{
namespace
{

constexpr std::string_view core_prefix = "urn:example:matrix:";
constexpr std::string_view extension_prefix = "urn:example:matrix-extension:";

struct Kind
{
    std::string_view name;
    AttributeType type;
    bool case_exact;
    json::value first;
    json::value second;
};

std::vector<Kind> kinds()
{
    using enum AttributeType;
    return {{"Text", string, false, "Abc", "Xyz"},
            {"Exact", string, true, "Abc", "Xyz"},
            {"Flag", boolean, false, false, true},
            {"Whole", integer, false, 1, 2},
            {"Broken", decimal, false, 0.5, 1.5},
            {"Time", date_time, false, "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"},
            {"Link", reference, true, "https://example.com/Abc", "https://example.com/Xyz"},
            {"Bytes", binary, true, "QWJj", "WHl6"},
            {"Parts", complex, false, json::object{{"count", 1}}, json::object{{"count", 2}}}};
}

constexpr Mutability mutabilities[] = {Mutability::read_write, Mutability::read_only, Mutability::immutable,
                                       Mutability::write_only};
constexpr Returned returneds[] = {Returned::always, Returned::by_default, Returned::on_request, Returned::never};

std::string type_name(Mutability mutability, Returned returned)
{
    return std::string{to_string(mutability)} + "-" + std::string{to_string(returned)};
}

Cell make_cell(Kind const& kind, Mutability mutability, Returned returned, Uniqueness uniqueness, bool multi,
               bool extended)
{
    Cell cell{.type = type_name(mutability, returned),
              .name = std::string{extended ? "ext" : "core"} + std::string{kind.name} + (multi ? "s" : "") +
                      (uniqueness == Uniqueness::none ? "" : "-" + std::string{to_string(uniqueness)}),
              .path = {},
              .extended = extended,
              .first = multi ? json::value(json::array{kind.first}) : kind.first,
              .second = multi ? json::value(json::array{kind.second}) : kind.second};
    cell.path = (extended ? std::string{extension_prefix} + cell.type + ":" : std::string{}) + cell.name;
    cell.attribute = {.name = cell.name,
                      .type = kind.type,
                      .multi_valued = multi,
                      .case_exact = kind.case_exact,
                      .mutability = mutability,
                      .returned = returned,
                      .uniqueness = kind.type == AttributeType::complex ? Uniqueness::none : uniqueness};
    if (kind.type == AttributeType::reference)
        cell.attribute.reference_types = {"external"};
    if (kind.type == AttributeType::complex)
        cell.attribute.sub_attributes = {{.name = "count", .type = AttributeType::integer, .uniqueness = uniqueness}};
    return cell;
}

/// Beside text and references of a single value.
bool is_unique_otherwise(AttributeType type, bool multi)
{
    using enum AttributeType;
    return type == integer || type == decimal || type == complex || (multi && (type == string || type == reference));
}

template <class Each>
void for_types(Each const& each)
{
    for (Mutability const mutability : mutabilities)
        for (Returned const returned : returneds)
            if (mutability != Mutability::write_only || returned == Returned::never)
                each(mutability, returned);
}

json::object body_of(Cell const& cell, json::value const& value)
{
    json::object body{{"schemas", json::array{std::string{core_prefix} + cell.type}}, {"anchor", "here"}};
    if (value.is_null())
        return body;
    if (!cell.extended)
    {
        body[cell.name] = value;
        return body;
    }
    auto const urn = std::string{extension_prefix} + cell.type;
    body["schemas"].as_array().emplace_back(urn);
    body[urn] = json::object{{cell.name, value}};
    return body;
}

} // namespace

std::ostream& operator<<(std::ostream& out, Cell const& cell) { return out << cell.type << " " << cell.name; }

std::string Cell::matching_first(bool other_case) const
{
    std::string literal = ServiceFixture::text_of(attribute.multi_valued ? first.as_array().front() : first);
    if (other_case)
        for (char& c : literal)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (attribute.type == AttributeType::complex)
        return path + (attribute.multi_valued ? "[count eq 1]" : ".count eq 1");
    return path + " eq " + literal;
}

std::vector<Cell> const& all_cells()
{
    static std::vector<Cell> const cells = []
    {
        std::vector<Cell> made;
        for_types(
            [&](Mutability mutability, Returned returned)
            {
                for (Kind const& kind : kinds())
                    for (bool const multi : {false, true})
                        for (bool const extended : {false, true})
                            made.push_back(make_cell(kind, mutability, returned, Uniqueness::none, multi, extended));
            });
        return made;
    }();
    return cells;
}

std::vector<Cell> const& unique_cells()
{
    static std::vector<Cell> const cells = []
    {
        std::vector<Cell> made;
        for_types(
            [&](Mutability mutability, Returned returned)
            {
                if (mutability == Mutability::write_only)
                    return; // nobody can tell whether two salted hashes are of one secret
                for (Kind const& kind : kinds())
                    if (kind.type == AttributeType::string || kind.type == AttributeType::reference)
                        for (Uniqueness const uniqueness : {Uniqueness::server, Uniqueness::global})
                            for (bool const extended : {false, true})
                                made.push_back(make_cell(kind, mutability, returned, uniqueness, false, extended));
                for (Kind const& kind : kinds())
                    for (bool const multi : {false, true})
                        if (is_unique_otherwise(kind.type, multi))
                            made.push_back(make_cell(kind, mutability, returned, Uniqueness::server, multi, false));
            });
        return made;
    }();
    return cells;
}

std::shared_ptr<SchemaRegistry const> matrix_registry()
{
    SchemaRegistry::Builder builder;
    for_types(
        [&](Mutability mutability, Returned returned)
        {
            auto const type = type_name(mutability, returned);
            Schema core{.id = std::string{core_prefix} + type, .name = type, .attributes = {{.name = "anchor"}}};
            Schema extension{.id = std::string{extension_prefix} + type, .name = type + "-extension"};
            for (auto const* cells : {&all_cells(), &unique_cells()})
                for (Cell const& cell : *cells)
                    if (cell.type == type)
                        (cell.extended ? extension : core).attributes.push_back(cell.attribute);
            auto const core_id = core.id;
            auto const extension_id = extension.id;
            builder.add(std::move(core)).add(std::move(extension));
            builder.add(ResourceTypeDefinition{.name = type, .endpoint = "/" + type, .schema = core_id});
            builder.extend(type, extension_id);
        });
    return builder.build().value();
}

Matrix::Matrix(bool strict, std::shared_ptr<ResourceStore> store)
    : scim_(
          [&]
          {
              ServiceOptions options{.store = std::move(store), .registry = matrix_registry()};
              if (strict)
                  options.tolerance = Tolerance::strict();
              return options;
          }())
    , attachment_(scim_.attachment())
    , facts_(UniqueKeyRules::make(scim_.service.registry()).value())
{
}

std::string Matrix::seed(Cell const& cell, json::value const& value) const
{
    ResourceType const& type = *scim_.service.registry().find_resource_type(cell.type);
    Resource resource{.type = &type, .id = "seed-" + std::to_string(++seeded_)};
    resource.attributes = body_of(cell, value);
    resource.attributes.erase("schemas");
    resource.created = resource.last_modified = scim_.service.options().environment->now();
    auto const written = scim_.store->write(*attachment_, "default", {},
                                            [&](WriteTransaction& transaction) -> result<void>
                                            {
                                                auto const version =
                                                    transaction.insert(resource, facts_.facts_of(resource));
                                                return version ? result<void>{} : version.error();
                                            });
    if (!written)
        throw std::runtime_error{"the test could not store: " + written.error().detail};
    return resource.id;
}

json::value Matrix::stored(Cell const& cell, std::string const& id) const
{
    ResourceType const& type = *scim_.service.registry().find_resource_type(cell.type);
    json::value value;
    auto const read = scim_.store->read(*attachment_, "default", {},
                                        [&](ReadTransaction& transaction) -> result<void>
                                        {
                                            auto const found = transaction.get(type, id, wanted_all(type));
                                            if (!found)
                                                return found.error();
                                            value = *found ? shown_value((*found)->attributes, cell) : json::value{};
                                            return {};
                                        });
    if (!read)
        throw std::runtime_error{"the test could not read: " + read.error().detail};
    return value;
}

Outcome Matrix::post(Cell const& cell, json::value const& value, Way way, std::string* id) const
{
    return send("POST", cell.endpoint(), body_of(cell, value), way, id);
}

Outcome Matrix::put(Cell const& cell, std::string const& id, json::value const& value, Way way) const
{
    return send("PUT", cell.endpoint() + "/" + id, body_of(cell, value), way);
}

Outcome Matrix::patch(Cell const& cell, std::string const& id, std::string_view op, json::value const& value,
                      Way way) const
{
    return send("PATCH", cell.endpoint() + "/" + id, patch_op(op, cell.path, value), way);
}

Outcome Matrix::send(std::string_view method, std::string const& path, json::value const& data, Way way,
                     std::string* id) const
{
    if (way == Way::request)
    {
        Reply const reply = scim_.send(method, path, ServiceFixture::text_of(data));
        if (id && reply.status == 201)
            *id = reply.id();
        return {reply.status, reply.scim_type(), reply.body};
    }
    Reply const reply =
        scim_.post("/Bulk", bulk({method == "POST" ? bulk_post(path, "new", data) : bulk_on(method, path, data)}));
    if (reply.status != 200)
        return {reply.status, reply.scim_type()};
    if (id && reply.text("/Operations/0/status") == "201")
        *id = made_id(reply, 0);
    std::string const at = "/Operations/0/response/scimType";
    return {std::stoi(reply.text("/Operations/0/status")), reply.has(at) ? reply.text(at) : std::string{}};
}

json::value shown_value(json::value const& resource, Cell const& cell)
{
    auto const* object = resource.if_object();
    if (object && cell.extended)
    {
        auto const* extension = object->if_contains(std::string{extension_prefix} + cell.type);
        object = extension ? extension->if_object() : nullptr;
    }
    auto const* value = object ? object->if_contains(cell.name) : nullptr;
    return value ? *value : json::value{};
}

} // namespace scimkit::test
