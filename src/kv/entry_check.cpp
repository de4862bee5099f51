// The description of the database has the first of all keys, so it is seen before what it describes.
#include <scimkit/kv/entry_check.hpp>

#include "catalog.hpp"
#include "damage.hpp"
#include "seal.hpp"

namespace scimkit::kv
{
namespace
{

constexpr std::size_t most_examples = 10;

} // namespace

void EntryCheck::see(std::string_view key, std::string_view value)
{
    if (key == meta_key)
    {
        auto const record = decode_catalog(value);
        if (!record) // make_store() says it in its own words
            return;
        sealed_ = record->format >= 2;
        sealed_to_ = record->sealed_to.value_or("");
        names_ = record->names;
        return;
    }
    if (!sealed_ || (!sealed_to_.empty() && key > sealed_to_) || open_seal(key, value))
        return;
    note(describe_entry(key, names_));
}

void EntryCheck::note(std::string what)
{
    ++damaged_;
    if (examples_.size() < most_examples)
        examples_.push_back(std::move(what));
}

result<void> EntryCheck::outcome() const
{
    if (damaged_ == 0)
        return {};
    std::string detail = "Entries are damaged (" + std::to_string(damaged_) + "): ";
    for (std::string const& example : examples_)
        detail.append(&example == &examples_.front() ? "" : "; ").append(example);
    if (damaged_ > examples_.size())
        detail.append("; and others");
    return Error{ErrorCode::corrupt, detail + "."};
}

} // namespace scimkit::kv
