// All of a list, however long: Pages and ResourceRange read a page when it is wanted and keep one in memory.
//
//     for (auto const& user : client.resources("/Users", {.filter = "active eq true"}))
//         if (!user) return user.error(); else take(*user);
//
// A server that repeats a page or a cursor, or announces more than it gives, ends the list with `inconsistent`: what
// was read then is not the whole, and nothing may be concluded from what did not come. A list that is complete may
// still lack what was there all the time: by index, pages shift when something is removed meanwhile. Ask for a resource
// by its id before you take it for gone.
//
// Threading: used by one thread at a time. Lifetimes: refer to their Client, which must outlive them and stay in place.
#pragma once

#include <scimkit/client/failure.hpp>
#include <scimkit/client/query.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_set>

namespace scimkit::client
{

class Client;

/// Where a list goes on; may be kept and taken up later. Cursors may expire meanwhile. A value.
struct PagePosition
{
    std::uint64_t start_index = 1;
    std::string cursor{};
    std::uint64_t resources = 0; ///< that came before
};

/// All of a list, page by page, and where it goes on.
class SCIMKIT_API Pages
{
public:
    /// As Client::pages(). Nothing is asked yet.
    Pages(Client const& client, std::string endpoint, Query query, PageMethod method);

    /// The next page; nothing after the last. After a failure, also one of a page that a strict client refuses,
    /// the same page is asked for again.
    ///
    /// Failures: those of Client::query(); inconsistent (a page or cursor comes again, fewer resources than announced,
    /// no end: ClientLimits::max_pages, max_empty_pages).
    /// Complexity: one request; memory for one page, and eight bytes for each page that came.
    outcome<std::optional<Page>> next();

    /// Where the next page begins.
    PagePosition const& position() const noexcept { return position_; }
    /// Goes on at a place of an earlier list with the same query. What has changed meanwhile may be missing or come
    /// twice.
    void resume(PagePosition position);
    /// Whether all of the list came.
    bool complete() const noexcept { return complete_; }
    /// totalResults, as last said.
    std::optional<std::uint64_t> total() const noexcept { return total_; }

private:
    outcome<void> check(Page const& page);
    outcome<void> advance(Page const& page);
    outcome<void> check_end();

    Client const* client_;
    std::string endpoint_;
    Query query_;
    PageMethod method_;
    PagePosition position_{};
    std::optional<std::uint64_t> total_{};
    std::unordered_set<std::size_t> seen_{}; ///< hashes of pages and cursors
    std::size_t pages_ = 0;
    std::size_t empty_pages_ = 0; ///< one after the other
    bool complete_ = false;
    bool from_start_ = true; ///< what came can be compared with what was announced
};

/// An input range of outcome<RemoteResource>; after a failure it ends. As Pages otherwise.
///
/// Lifetimes: what an iterator shows is gone with its next step; it may be moved from.
class SCIMKIT_API ResourceRange
{
public:
    explicit ResourceRange(Pages pages);

    class iterator
    {
    public:
        using value_type = outcome<RemoteResource>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() noexcept = default;
        explicit iterator(ResourceRange& range) noexcept
            : range_(&range)
        {
        }

        value_type& operator*() const noexcept { return *range_->current_; }
        value_type* operator->() const noexcept { return &*range_->current_; }
        iterator& operator++()
        {
            range_->step();
            return *this;
        }
        void operator++(int) { range_->step(); }
        friend bool operator==(iterator const& at, std::default_sentinel_t) noexcept { return at.ended(); }

    private:
        bool ended() const noexcept { return !range_ || !range_->current_; }

        ResourceRange* range_ = nullptr;
    };

    /// Once: reads the first page.
    iterator begin();
    std::default_sentinel_t end() const noexcept { return {}; }

    Pages const& pages() const noexcept { return pages_; }

private:
    friend class iterator;
    void step();

    Pages pages_;
    Page page_{};
    std::size_t next_ = 0;
    bool failed_ = false;
    std::optional<outcome<RemoteResource>> current_{};
};

} // namespace scimkit::client
