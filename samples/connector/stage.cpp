// Everything that may fail for reasons of the source happens here, before anything of the local store is touched.
#include "stage.hpp"

#include <scimkit/client/filter_check.hpp>
#include <scimkit/core/date_time.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace connector
{

namespace client = scimkit::client;

bool can_be_kept(std::string_view id)
{
    return !id.empty() && id.size() <= 400 && id != "." && id != ".." && id.find("bulkId") == id.npos &&
           std::all_of(id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

namespace
{

void drop_secrets(scimkit::json::object& attributes, std::vector<scimkit::Attribute> const& of)
{
    for (auto const& attribute : of)
        if (attribute.returned == scimkit::Returned::never)
            attributes.erase(attribute.name);
        else if (auto* const value = attributes.if_contains(attribute.name); value && value->is_object())
            drop_secrets(value->get_object(), attribute.sub_attributes);
        else if (value && value->is_array())
            for (auto& element : value->get_array())
                if (element.is_object())
                    drop_secrets(element.get_object(), attribute.sub_attributes);
}

/// What a server should never have sent is not written down here.
void drop_secrets(scimkit::json::object& attributes, scimkit::ResourceType const& type)
{
    drop_secrets(attributes, type.schema().attributes);
    for (auto const& extension : type.extensions())
        if (auto* const values = attributes.if_contains(extension.schema->id); values && values->is_object())
            drop_secrets(values->get_object(), extension.schema->attributes);
}

outcome<void> read_list(Connection const& connection, client::Client const& client, SourceType const& type,
                        std::string const& since, Mapping const& mapping, client::PageMethod method, Spool& spool,
                        Output& output)
{
    std::string const filter = since.empty() ? "" : "meta.lastModified ge " + client::filter_string(since);
    std::optional<client::FilterCheck> check;
    if (!since.empty())
    {
        auto made = client::FilterCheck::create(filter, *type.type);
        if (!made)
            return made.error();
        check = std::move(*made);
    }
    auto pages = client.pages(type.type->endpoint(), {.filter = filter, .count = connection.page_size}, method);
    pages.resume(spool.position());
    for (;;)
    {
        auto page = pages.next();
        if (!page)
            return page.error();
        if (!*page)
            return spool.next_list();
        for (auto const& resource : (*page)->resources)
        {
            auto read = spooled(resource, type, mapping, client.deviations());
            if (!read)
                return read.error();
            if (check)
                if (auto const fits = check->fits(resource, {}, client.deviations()); !fits)
                    return fits.error();
            if (!read->id.empty())
                spool.add(*read);
        }
        if (auto kept = spool.commit(pages.position()); !kept)
            return kept;
        output.progress(type.type->endpoint(), pages.position().resources, pages.total());
    }
}

} // namespace

client::PageMethod paging_of(Connection const& connection, client::Discovery const& discovery)
{
    bool const only_cursor = discovery.capabilities.cursor_paging && !discovery.capabilities.index_paging;
    return connection.cursor || only_cursor ? client::PageMethod::cursor : client::PageMethod::index;
}

std::vector<SourceType> source_types(client::Discovery const& discovery)
{
    std::vector<SourceType> types;
    for (std::string const name : {"User", "Group"})
    {
        auto const* type = discovery.registry->find_resource_type(name);
        if (!type)
            type = discovery.registry->find_endpoint("/" + name + "s", true);
        if (type)
            types.push_back({name, type});
    }
    return types;
}

outcome<Spooled> spooled(client::RemoteResource const& resource, SourceType const& type, Mapping const& mapping,
                         client::DeviationLog& deviations)
{
    auto attributes = client::read_resource(resource, *type.type, deviations);
    if (!attributes)
        return attributes.error();
    Spooled spooled{type.name, resource.id};
    if (!can_be_kept(resource.id))
    {
        if (auto noted = deviations.note(client::Deviation::id_missing, type.name + " with an id that cannot be kept");
            !noted)
            return noted.error();
        spooled.id.clear();
    }
    if (resource.last_modified)
        spooled.last_modified = scimkit::format_date_time(*resource.last_modified);
    drop_secrets(*attributes, *type.type);
    spooled.attributes = mapping.apply(type.name, std::move(*attributes));
    return spooled;
}

namespace
{

/// What is read of whom, and into which form: what was begun for something else is not taken up.
outcome<std::string> purpose_of(Connection const& connection, StageOptions const& options, client::PageMethod method)
{
    auto purpose = connection.url + " " + std::to_string(connection.page_size) +
                   (method == client::PageMethod::cursor ? " by cursor" : " by index");
    if (!connection.mapping.empty())
    {
        auto const rules = read_file(connection.mapping, max_mapping_bytes);
        if (!rules)
            return rules.error();
        purpose += " mapped " + std::to_string(std::hash<std::string>{}(rules->value_or("")));
    }
    for (auto const& [type, since] : options.since)
        purpose += " " + type + " " + since;
    return purpose;
}

/// Whether a place in a list that was kept may be what the source does not like.
bool may_be_the_place(Failure const& failure)
{
    return failure.kind == client::FailureKind::inconsistent ||
           (failure.kind == client::FailureKind::refused &&
            (failure.status == 400 || failure.status == 404 || failure.status == 410));
}

outcome<void> read_lists(Connection const& connection, Begun const& begun, StageOptions const& options,
                         Mapping const& mapping, Spool& spool, Output& output)
{
    auto const method = paging_of(connection, begun.discovery);
    auto const types = source_types(begun.discovery);
    for (auto list = spool.list(); list < types.size(); ++list)
    {
        auto const since = options.since.find(types[list].name);
        auto read = read_list(connection, begun.source, types[list], since == options.since.end() ? "" : since->second,
                              mapping, method, spool, output);
        if (!read && types[list].name == "Group" && read.error().status == 404) // not every source has groups
            read = spool.next_list();
        if (!read)
            return read;
    }
    output.end_progress();
    return {};
}

} // namespace

outcome<std::unique_ptr<Spool>> stage(Connection const& connection, Begun const& begun, StageOptions const& options,
                                      Output& output)
{
    auto const mapping = Mapping::read(connection.mapping);
    if (!mapping)
        return mapping.error();
    auto const purpose = purpose_of(connection, options, paging_of(connection, begun.discovery));
    if (!purpose)
        return purpose.error();
    auto spool = Spool::open(begun.directory, *purpose, options.anew);
    if (!spool)
        return spool.error();
    if ((*spool)->resumed() && ((*spool)->list() > 0 || (*spool)->position().resources > 0))
        output.say("going on with a read that was cut off");
    auto read = read_lists(connection, begun, options, *mapping, **spool, output);
    if (!read && (*spool)->resumed() && may_be_the_place(read.error()))
    {
        output.say("the source does not know any more where the read was cut off (" + client::describe(read.error()) +
                   "); it is read from the beginning");
        spool->reset(); // before the same files are opened anew
        spool = Spool::open(begun.directory, *purpose, true);
        if (!spool)
            return spool.error();
        read = read_lists(connection, begun, options, *mapping, **spool, output);
    }
    if (!read)
        return read.error();
    return spool;
}

} // namespace connector
