// Everything that may fail for reasons of the source happens here, before anything of the local store is touched.
#include "stage.hpp"

#include <scimkit/client/filter_check.hpp>
#include <scimkit/core/date_time.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace scimkit::connector
{

bool can_be_kept(std::string_view id)
{
    return !id.empty() && id.size() <= 400 && id != "." && id != ".." && id.find("bulkId") == id.npos &&
           std::all_of(id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

namespace
{

void drop_secrets(json::object& attributes, std::vector<Attribute> const& of)
{
    for (auto const& attribute : of)
        if (attribute.returned == Returned::never)
            attributes.erase(attribute.name);
        else if (auto* const value = attributes.if_contains(attribute.name); value && value->is_object())
            drop_secrets(value->get_object(), attribute.sub_attributes);
        else if (value && value->is_array())
            for (auto& element : value->get_array())
                if (element.is_object())
                    drop_secrets(element.get_object(), attribute.sub_attributes);
}

/// What a server should never have sent is not written down here.
void drop_secrets(json::object& attributes, ResourceType const& type)
{
    drop_secrets(attributes, type.schema().attributes);
    for (auto const& extension : type.extensions())
        if (auto* const values = attributes.if_contains(extension.schema->id); values && values->is_object())
            drop_secrets(values->get_object(), extension.schema->attributes);
}

outcome<void> read_list(Source const& source, SourceType const& type, std::string const& since,
                        client::PageMethod method, Spool& spool, Observer& observer)
{
    auto const& client = *source.client;
    std::string const filter = since.empty() ? "" : "meta.lastModified ge " + client::filter_string(since);
    std::optional<client::FilterCheck> check;
    if (!since.empty())
    {
        auto made = client::FilterCheck::create(filter, *type.type);
        if (!made)
            return made.error();
        check = std::move(*made);
    }
    auto pages = client.pages(type.type->endpoint(), {.filter = filter, .count = source.page_size}, method);
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
            auto read = spooled(resource, type, source.mapping, client.deviations());
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
        observer.progress(type.type->endpoint(), pages.position().resources, pages.total());
    }
}

} // namespace

client::PageMethod paging_of(Source const& source)
{
    auto const& offered = source.discovery.capabilities;
    bool const only_cursor = offered.cursor_paging && !offered.index_paging;
    return source.by_cursor || only_cursor ? client::PageMethod::cursor : client::PageMethod::index;
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
        spooled.last_modified = format_date_time(*resource.last_modified);
    drop_secrets(*attributes, *type.type);
    spooled.attributes = mapping.apply(type.name, std::move(*attributes));
    return spooled;
}

namespace
{

/// What is read of whom, and into which form: what was begun for something else is not taken up.
std::string purpose_of(Source const& source, StageOptions const& options)
{
    auto purpose = source.client->options().base_url + " " + std::to_string(source.page_size) +
                   (paging_of(source) == client::PageMethod::cursor ? " by cursor" : " by index");
    if (auto const rules = source.mapping.text(); !rules.empty())
        purpose += " mapped " + std::to_string(std::hash<std::string>{}(rules));
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

outcome<void> read_lists(Source const& source, StageOptions const& options, Spool& spool, Observer& observer)
{
    auto const method = paging_of(source);
    auto const types = source_types(source.discovery);
    for (auto list = spool.list(); list < types.size(); ++list)
    {
        auto const since = options.since.find(types[list].name);
        auto read =
            read_list(source, types[list], since == options.since.end() ? "" : since->second, method, spool, observer);
        if (!read && types[list].name == "Group" && read.error().status == 404) // not every source has groups
            read = spool.next_list();
        if (!read)
            return read;
    }
    observer.end_progress();
    return {};
}

} // namespace

outcome<std::unique_ptr<Spool>> stage(Source const& source, StageOptions const& options, Observer& observer)
{
    auto const purpose = purpose_of(source, options);
    auto spool = Spool::open(source.directory, purpose, options.anew);
    if (!spool)
        return spool.error();
    if ((*spool)->resumed() && ((*spool)->list() > 0 || (*spool)->position().resources > 0))
        observer.say("going on with a read that was cut off");
    auto read = read_lists(source, options, **spool, observer);
    if (!read && (*spool)->resumed() && may_be_the_place(read.error()))
    {
        observer.say("the source does not know any more where the read was cut off (" + client::describe(read.error()) +
                     "); it is read from the beginning");
        spool->reset(); // before the same files are opened anew
        spool = Spool::open(source.directory, purpose, true);
        if (!spool)
            return spool.error();
        read = read_lists(source, options, **spool, observer);
    }
    if (!read)
        return read.error();
    return spool;
}

} // namespace scimkit::connector
