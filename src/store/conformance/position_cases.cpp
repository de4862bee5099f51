// A store that remembers where pages begin must notice every write that moves them, and none that was taken back.
#include "cases.hpp"

#include <algorithm>
#include <random>

namespace scimkit::conformance
{
namespace
{

constexpr int groups_at_first = 420;
constexpr int rounds = 8;

/// Groups that come and go; names repeat, and some are so long that they are equal for a long way.
class MovingGroups
{
public:
    explicit MovingGroups(Fixture& f)
        : f_(f)
        , random_(f.seed)
    {
    }

    void fill()
    {
        write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                for (int i = 0; i < groups_at_first; ++i)
                    if (auto added = add(transaction); !added)
                        return added;
                return {};
            });
    }

    /// A few writes of each kind, in one transaction or one each.
    void change()
    {
        for (int i = 0; i < 3; ++i)
        {
            write([&](WriteTransaction& transaction) { return add(transaction); });
            Resource gone = take_one();
            f_.check.must(f_.remove(gone), "remove");
            Resource renamed = one();
            renamed.attributes["displayName"] = name();
            f_.check.must(f_.replace(renamed), "replace");
        }
        if (!f_.traits.savepoints)
            return;
        write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const undone = transaction.savepoint(
                    [&]() -> result<void>
                    {
                        auto const added = add(transaction);
                        if (added)
                            there_.pop_back();
                        return added ? Error{ErrorCode::internal, "taken back"} : added.error();
                    });
                return undone.error().detail == "taken back" ? add(transaction) : undone;
            });
    }

private:
    /// The store may run the body again.
    void write(function_ref<result<void>(WriteTransaction&)> body)
    {
        auto const before = there_;
        f_.check.must(f_.write(
                          [&](WriteTransaction& transaction)
                          {
                              there_ = before;
                              return body(transaction);
                          }),
                      "a transaction that adds");
    }

    std::size_t any(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_); }

    std::string name()
    {
        auto const which = any(12);
        return which < 2 ? std::string(1'000, 'n') + std::to_string(any(5)) : "group-" + std::to_string(which);
    }

    result<void> add(WriteTransaction& transaction)
    {
        // In no order: some come before all that are there.
        Resource group = f_.new_group("p-" + std::to_string(100'000 + (next_++ * 7'919) % 50'000), name());
        auto const inserted = transaction.insert(group, f_.rules.facts_of(group));
        if (!inserted)
            return inserted.error();
        there_.push_back(std::move(group));
        return {};
    }

    Resource one() { return there_[any(there_.size())]; }

    Resource take_one()
    {
        auto const which = any(there_.size());
        Resource taken = std::move(there_[which]);
        there_.erase(there_.begin() + static_cast<std::ptrdiff_t>(which));
        return taken;
    }

    Fixture& f_;
    std::mt19937 random_;
    std::vector<Resource> there_{};
    std::size_t next_ = 0;
};

void pages_by_position_follow_writes(Fixture& f)
{
    MovingGroups groups{f};
    groups.fill();
    for (int round = 0; round < rounds; ++round)
    {
        f.check_time();
        for (std::string const& sort : {std::string{}, std::string{"displayName"}})
            for (bool const descending : {false, true})
            {
                Query::Source source{&f.group, nullptr};
                if (!sort.empty())
                    source.sort = SortOrder{f.attribute(sort, f.group), descending};
                Query query{{&source, 1}};
                query.limit = 1'000;
                auto const all = f.check.must(f.find(query), "all").ids;
                query.limit = 7;
                for (query.skip = 90; query.skip < all.size() + 120; query.skip += 87)
                {
                    auto const page = f.check.must(f.find(query), "a page by position");
                    auto const begin =
                        all.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(query.skip, all.size()));
                    auto const size = std::min<std::ptrdiff_t>(7, all.end() - begin);
                    f.check.equal(page.ids, std::vector<std::string>{begin, begin + size},
                                  "the page behind " + std::to_string(query.skip) + " sorted by '" + sort + "'");
                    f.check.equal(page.total, std::optional<std::uint64_t>{all.size()}, "the total beside it");
                }
            }
        groups.change();
    }
}

} // namespace

void add_position_cases(Cases& cases)
{
    add_case(cases, "page: by position, far from the beginning, between writes", pages_by_position_follow_writes);
}

} // namespace scimkit::conformance
