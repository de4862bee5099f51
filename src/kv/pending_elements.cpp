// Edits come before the write of their owner, in operations of their own; each of them can be undone, and so can what
// told of them.
#include "pending_elements.hpp"

#include <algorithm>
#include <iterator>

namespace scimkit::kv
{

PendingElements::ByOwner::iterator PendingElements::owner_of(NameNumber attribute, std::string_view id)
{
    if (last_ == edits_.end() || last_->first.first != attribute || last_->first.second != id)
        last_ = edits_.try_emplace({attribute, std::string{id}}).first;
    return last_;
}

void PendingElements::expect(NameNumber attribute, std::string_view id, std::size_t number)
{
    auto& edits = owner_of(attribute, id)->second;
    if (number > edits.size() / 2)
        edits.reserve(edits.size() + number);
}

void PendingElements::add(NameNumber attribute, std::string_view id, Edit edit, bool undoable)
{
    auto const owner = owner_of(attribute, id);
    bool const goes_on = journal_.size() > closed_ && journal_.back().owner == owner && !journal_.back().taken;
    if (undoable && !goes_on)
        journal_.push_back({.owner = owner}); // of none so far: what comes may not come for lack of memory
    owner->second.push_back(std::move(edit));
    if (undoable)
        ++journal_.back().added;
}

std::span<PendingElements::Edit const> PendingElements::take(NameNumber attribute, std::string_view id, bool undoable)
{
    auto const owner = edits_.find({attribute, std::string{id}});
    if (owner == edits_.end() || owner->second.empty())
        return {};
    std::vector<Edit> edits = std::exchange(owner->second, {});
    if (!undoable)
        return taken_ = std::move(edits);
    return *journal_.emplace_back(owner, std::size_t{0}, std::move(edits)).taken;
}

void PendingElements::undo(std::size_t mark)
{
    for (; journal_.size() > mark; journal_.pop_back())
    {
        Step& last = journal_.back();
        if (last.taken)
            last.owner->second = std::move(*last.taken);
        else
            last.owner->second.resize(last.owner->second.size() - last.added);
    }
    closed_ = std::min(closed_, mark);
}

std::vector<PendingElements::Edit const*> settle(std::span<PendingElements::Edit const> edits)
{
    std::vector<PendingElements::Edit const*> sorted;
    sorted.reserve(edits.size());
    for (PendingElements::Edit const& edit : edits)
        sorted.push_back(&edit);
    auto const value_of = [](auto const* edit) { return std::string_view{edit->value}; };
    if (!std::ranges::is_sorted(sorted, {}, value_of)) // those of a whole walk are, and may be a hundred thousand
        std::ranges::stable_sort(sorted, {}, value_of);
    std::vector<PendingElements::Edit const*> settled;
    settled.reserve(edits.size());
    bool was_there = false; // before the first edit of the value
    for (auto edit = sorted.begin(); edit != sorted.end(); ++edit)
    {
        if (edit == sorted.begin() || (*edit)->value != (*std::prev(edit))->value)
            was_there = (*edit)->was_there;
        bool const is_last = std::next(edit) == sorted.end() || (*std::next(edit))->value != (*edit)->value;
        if (is_last && (was_there || (*edit)->now))
            settled.push_back(*edit);
    }
    return settled;
}

} // namespace scimkit::kv
