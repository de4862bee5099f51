// PendingElements: what edits of large attributes have done in a transaction, until the record of their owner is
// written and the change log tells of both.
#pragma once

#include <scimkit/export.hpp>

#include "layout.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::kv
{

class SCIMKIT_API PendingElements
{
public:
    struct Edit
    {
        std::string value;              ///< of the element
        bool was_there = false;         ///< before it
        std::optional<std::string> now; ///< what it became, encoded and without secrets; nothing: it went
    };

    PendingElements() = default;
    PendingElements(PendingElements const&) = delete;
    PendingElements& operator=(PendingElements const&) = delete;

    /// So many are about to be added: they get their place at once, where they are many beside those that there are.
    void expect(NameNumber attribute, std::string_view id, std::size_t number);

    /// In the order in which they happen. `undoable`: written down, for undo().
    void add(NameNumber attribute, std::string_view id, Edit edit, bool undoable);

    /// Those of an owner, which are told then. A view until the next call.
    std::span<Edit const> take(NameNumber attribute, std::string_view id, bool undoable);

    std::size_t mark() noexcept
    {
        closed_ = journal_.size();
        return closed_;
    }
    /// Puts everything back as it was at the mark.
    void undo(std::size_t mark);
    /// Nothing will be undone any more.
    void release()
    {
        constexpr std::size_t kept_steps = 1'000; // of memory, while there are none
        journal_.clear();
        closed_ = 0;
        if (journal_.capacity() > kept_steps)
            journal_.shrink_to_fit();
    }

private:
    using ByOwner = std::map<std::pair<NameNumber, std::string>, std::vector<Edit>>;

    struct Step
    {
        ByOwner::iterator owner;                  // entries of the map stay where they are
        std::size_t added = 0;                    // how many, in a row
        std::optional<std::vector<Edit>> taken{}; // nothing: some were added
    };

    ByOwner::iterator owner_of(NameNumber attribute, std::string_view id);

    ByOwner edits_{};
    ByOwner::iterator last_ = edits_.end(); // whose edit came last; mostly the next one's too
    std::vector<Edit> taken_{};             // last, where that is not in the journal
    std::vector<Step> journal_{};
    std::size_t closed_ = 0; // so many steps a mark may end behind; none of these grows any more
};

/// What several edits of one value come to: the last one for each value that is not as before. In the order of values;
/// points into `edits`.
std::vector<PendingElements::Edit const*> settle(std::span<PendingElements::Edit const> edits);

} // namespace scimkit::kv
