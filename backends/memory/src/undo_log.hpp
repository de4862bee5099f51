// UndoLog: changes a map in place and takes the changes back unless commit() is called.
//
// Every step keeps what it displaced: the old value moved out, or the whole node. Taking back therefore allocates
// nothing and cannot fail.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace scimkit::memory
{

/// Compares keys as unsigned bytes (std::char_traits does) and finds a std::string_view without a copy.
using Records = std::map<std::string, std::string, std::less<>>;

class UndoLog
{
public:
    explicit UndoLog(Records& records)
        : records_(records)
    {
    }

    UndoLog(UndoLog const&) = delete;
    UndoLog& operator=(UndoLog const&) = delete;

    ~UndoLog() { roll_back(); }

    /// `key` and `value` may be views into the map itself. Throws std::bad_alloc, and has then changed nothing.
    void put(std::string_view key, std::string_view value)
    {
        auto const at = records_.lower_bound(key);
        if (at != records_.end() && at->first == key)
        {
            std::string fresh{value};
            steps_.emplace_back(Overwritten{&at->second, {}});
            std::get<Overwritten>(steps_.back()).old_value = std::exchange(at->second, std::move(fresh));
            return;
        }
        steps_.emplace_back(Inserted{nullptr}); // first, so that nothing can throw once the map has changed
        std::get<Inserted>(steps_.back()).key = &records_.emplace_hint(at, key, value)->first;
    }

    bool erase(std::string_view key)
    {
        auto const at = records_.find(key);
        if (at == records_.end())
            return false;
        steps_.emplace_back(Erased{});
        std::get<Erased>(steps_.back()).node = records_.extract(at);
        return true;
    }

    void commit() noexcept { steps_.clear(); }

private:
    // Nodes keep their address while they move between the map and the log, so these pointers stay good.
    struct Inserted
    {
        std::string const* key;
    };
    struct Overwritten
    {
        std::string* value;
        std::string old_value;
    };
    struct Erased
    {
        Records::node_type node;
    };

    void take_back(Inserted const& step) noexcept
    {
        if (step.key)
            records_.erase(records_.find(*step.key));
    }
    void take_back(Overwritten& step) noexcept { *step.value = std::move(step.old_value); }
    void take_back(Erased& step) noexcept { records_.insert(std::move(step.node)); }

    void roll_back() noexcept
    {
        for (auto& step : std::views::reverse(steps_))
            std::visit([this](auto& change) { take_back(change); }, step);
        steps_.clear();
    }

    Records& records_;
    std::deque<std::variant<Inserted, Overwritten, Erased>> steps_; // which grows without a copy of what there is
};

} // namespace scimkit::memory
