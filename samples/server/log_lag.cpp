// Positions have gaps, so what a reader lacks has to be read to be counted: once for all readers of a tenant, and only
// so far that nobody who asks often keeps the store busy.
#include "log_lag.hpp"

#include <scimkit/store/change_log.hpp>

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::LogPosition;
using scimkit::result;

namespace
{

constexpr std::uint64_t max_counted = 10'000;       // changes in one look at all logs; of more it is not known how many
constexpr std::chrono::milliseconds longest{3'000}; // a look; then it fails

/// A reader, and behind which change it lacks everything.
struct Behind
{
    LogPosition place;
    ReaderLag lag;
};

class Look
{
public:
    Look(scimkit::ResourceStore& store, OwnReadersOf const& own, scimkit::Instant now)
        : log_(store.change_log())
        , own_(own)
        , context_{.now = now, .deadline = std::chrono::steady_clock::now() + longest}
    {
    }

    result<void> at(std::string_view tenant)
    {
        if (!log_)
            return {};
        auto const extent = log_->extent(tenant, context_);
        if (!extent)
            return extent.error();
        found_.bytes += extent->bytes;
        auto readers = readers_of(tenant, extent->begin);
        if (!readers)
            return readers.error();
        if (auto counted = count(tenant, *readers, extent->end); !counted)
            return counted;
        for (Behind& each : *readers)
            found_.readers.push_back(std::move(each.lag));
        return {};
    }

    scimkit::CallContext const& context() const noexcept { return context_; }
    LogState take() { return std::move(found_); }

private:
    result<std::vector<Behind>> readers_of(std::string_view tenant, LogPosition begin) const
    {
        std::vector<Behind> readers;
        auto const own = own_(tenant);
        for (OwnReader const& each : own)
            if (each.follows)
                readers.push_back({begin, {.tenant = std::string{tenant}, .reader = each.name}});
        auto const take = [&](scimkit::LogPlace&& place)
        {
            auto known = std::ranges::find(readers, place.reader, [](Behind const& each) { return each.lag.reader; });
            if (known == readers.end())
            {
                if (std::ranges::find(own, place.reader, &OwnReader::name) != own.end())
                    return true; // it does not follow this tenant any more
                readers.push_back({begin, {.tenant = std::string{tenant}, .reader = std::move(place.reader)}});
                known = std::prev(readers.end());
            }
            known->place = std::max(begin, place.position);
            known->lag.acknowledged = place.acknowledged;
            return true;
        };
        auto const read = log_->places(tenant, context_, take);
        return read ? result<std::vector<Behind>>{std::move(readers)} : read.error();
    }

    void add(std::vector<Behind>& readers, scimkit::LoggedChange const& change) const
    {
        for (Behind& each : readers)
            if (each.place < change.position && each.lag.changes++ == 0)
                each.lag.behind =
                    std::max(std::chrono::seconds{0},
                             std::chrono::duration_cast<std::chrono::seconds>(context_.now - change.time));
    }

    /// Of who is further on than was counted the oldest is looked for by itself, so that nobody seems to have all.
    result<void> count(std::string_view tenant, std::vector<Behind>& readers, LogPosition end)
    {
        auto const first = std::ranges::min_element(readers, {}, &Behind::place);
        if (first == readers.end() || first->place >= end)
            return {};
        auto const most = std::max<std::uint64_t>(1, max_counted - counted_);
        auto const read = log_->read(tenant, context_, first->place, most,
                                     [&](scimkit::LoggedChange&& change)
                                     {
                                         ++counted_;
                                         add(readers, change);
                                         return true;
                                     });
        if (!read)
            return read;
        counted_ = std::min(counted_, max_counted);
        for (Behind& each : readers)
            if (each.lag.changes == 0 && each.place < end)
            {
                std::vector<Behind> alone{std::move(each)};
                auto const oldest = log_->read(tenant, context_, alone.front().place, 1,
                                               [&](scimkit::LoggedChange&& change)
                                               {
                                                   add(alone, change);
                                                   return true;
                                               });
                each = std::move(alone.front());
                if (!oldest)
                    return oldest;
            }
        return {};
    }

    scimkit::ChangeLog* log_;
    OwnReadersOf const& own_;
    scimkit::CallContext context_;
    std::uint64_t counted_ = 0;
    LogState found_;
};

} // namespace

result<LogState> look_at_logs(scimkit::ResourceStore& store, OwnReadersOf const& own, scimkit::Instant now)
{
    Look look{store, own, now};
    std::vector<std::string> tenants;
    auto const listed =
        store.tenants(look.context(), [&](std::string_view name) { return tenants.emplace_back(name), true; });
    if (!listed)
        return listed.error();
    for (std::string const& tenant : tenants)
        if (auto looked = look.at(tenant); !looked)
            return looked.error();
    return look.take();
}

result<LogState> look_at_log(scimkit::ResourceStore& store, std::string_view tenant, OwnReadersOf const& own,
                             scimkit::Instant now)
{
    Look look{store, own, now};
    auto const looked = look.at(tenant);
    return looked ? result<LogState>{look.take()} : looked.error();
}

} // namespace server
