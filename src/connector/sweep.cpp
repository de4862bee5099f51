// Everything that asks the source happens here; remove() is all that touches the copy.
#include "sweep.hpp"

#include <algorithm>

namespace scimkit::connector
{

namespace
{

/// Whether the source says no to a question for one resource, so that it is not there, or not for us. What may pass
/// says nothing of it.
bool is_denied(Failure const& failure)
{
    return failure.kind == client::FailureKind::refused && failure.status >= 400 && failure.status < 500 &&
           failure.status != 401 && failure.status != 408 && failure.status != 429;
}

} // namespace

Sweep::Sweep(Source const& source, Mirror const& mirror, Spool& spool, Observer& observer)
    : source_(source)
    , client_(*source.client)
    , types_(source_types(source.discovery))
    , paging_(paging_of(source))
    , mirror_(mirror)
    , spool_(spool)
    , observer_(observer)
{
}

SourceType const* Sweep::find(std::string const& type) const
{
    auto const found = std::ranges::find(types_, type, &SourceType::name);
    return found == types_.end() ? nullptr : &*found;
}

outcome<void> Sweep::all_is_staged(std::string const& type)
{
    auto const seen = staged(type, nullptr);
    if (!seen)
        return seen.error();
    return judge(type, *seen);
}

outcome<void> Sweep::changes_are_staged(std::string const& type, bool anyway)
{
    auto const* const listed = find(type);
    if (!listed)
        return judge(type, {});
    auto const there = total(*listed);
    if (!there)
        return there.error();
    std::uint64_t not_here = 0;
    auto seen = staged(type, &not_here);
    auto const here = mirror_.count(type);
    if (!seen || !here)
        return seen ? here.error() : seen.error();
    if (!anyway && *there && **there == *here + not_here)
        return {};
    observer_.say("looking for what was removed among " + listed->type->endpoint());
    if (auto read = list_ids(*listed, *seen); !read)
        return read;
    return judge(type, *seen);
}

/// The ids of what is staged; `not_here`: how many of them the copy does not have.
outcome<IdSet> Sweep::staged(std::string const& type, std::uint64_t* not_here) const
{
    IdSet ids;
    auto const read = spool_.for_each(type,
                                      [&](Spooled const& resource) -> outcome<void>
                                      {
                                          if (!ids.insert(hash_of_id(resource.id)).second || !not_here)
                                              return {};
                                          auto const known = mirror_.get(type, resource.id);
                                          if (!known)
                                              return known.error();
                                          *not_here += *known ? 0 : 1;
                                          return {};
                                      });
    if (!read)
        return read.error();
    return ids;
}

/// How many there are at the source; nothing: it does not say.
outcome<std::optional<std::uint64_t>> Sweep::total(SourceType const& type) const
{
    auto const page = client_.query(type.type->endpoint(), {.attributes = {"id"}, .count = 1});
    if (!page && page.error().status == 404 && type.name == "Group")
        return std::optional<std::uint64_t>{0};
    if (!page)
        return page.error();
    return page->total;
}

/// All ids, into `seen`; what is neither here nor staged came without a new meta.lastModified, and is staged.
outcome<void> Sweep::list_ids(SourceType const& type, IdSet& seen)
{
    auto range = client_.resources(type.type->endpoint(), {.attributes = {"id"}, .count = source_.page_size}, paging_);
    for (auto const& resource : range)
    {
        if (!resource && resource.error().status == 404 && type.name == "Group")
            return {};
        if (!resource) // a list that is not whole says nothing of what is gone
            return resource.error();
        if (!can_be_kept(resource->id)) // so it is not here, and was noted when it came
            continue;
        observer_.progress("ids of " + type.name, seen.size(), range.pages().total());
        if (!seen.insert(hash_of_id(resource->id)).second)
            continue;
        auto const known = mirror_.get(type.name, resource->id);
        if (!known)
            return known.error();
        if (!*known)
            if (auto const taken = take(type, resource->id); !taken)
                return taken.error();
    }
    observer_.end_progress();
    return spool_.commit({});
}

outcome<void> Sweep::judge(std::string const& type, IdSet const& seen)
{
    std::vector<std::string> missing;
    auto const listed = mirror_.for_each(type, {.attributes = {"userName"}},
                                         [&](client::RemoteResource const& resource) -> outcome<void>
                                         {
                                             if (!seen.contains(hash_of_id(resource.id)))
                                                 missing.push_back(resource.id);
                                             return {};
                                         });
    if (!listed)
        return listed;
    auto const* const at_source = find(type);
    std::uint64_t done = 0;
    for (auto& id : missing)
    {
        observer_.progress("asking for what is missing among " + type, ++done, missing.size());
        auto const there = at_source ? take(*at_source, id) : outcome<bool>{false};
        if (!there)
            return there.error();
        if (!*there)
            gone_[type].push_back(std::move(id));
    }
    observer_.end_progress();
    return spool_.commit({});
}

/// Stages one as it is now. False: the source has none of that id.
outcome<bool> Sweep::take(SourceType const& type, std::string const& id)
{
    auto const resource = client_.get(type.type->endpoint(), id);
    if (!resource && is_denied(resource.error()))
        return false;
    if (!resource)
        return resource.error();
    auto const read = spooled(*resource, type, source_.mapping, client_.deviations());
    if (!read)
        return read.error();
    if (read->id != id) // whoever that is: neither is the one who was asked for there, nor is he gone
        return Failure{client::FailureKind::inconsistent,
                       {ErrorCode::conflict,
                        type.type->endpoint() + ": asked for " + id + ", the source answers with another resource."}};
    spool_.add(*read);
    return true;
}

outcome<void> Sweep::remove(Mirror& mirror, bool write, Run& run) const
{
    for (auto const& [type, ids] : gone_)
        for (auto const& id : ids)
        {
            auto const change = mirror.remove(type, id, write);
            if (!change)
                return change.error();
            count(run, type, *change);
        }
    return {};
}

} // namespace scimkit::connector
