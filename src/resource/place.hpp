// Place: where in a resource a value stands. Lives on the stack while a value is walked; becomes text only when
// there is an error to tell.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/schema/resource_type.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

class Place
{
public:
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

    /// A top-level attribute; `uri` is empty but for extensions.
    explicit Place(std::string_view name, std::string_view uri = {}) noexcept
        : uri_(uri)
        , name_(name)
    {
    }

    explicit Place(AttributeRef const& attribute) noexcept
        : Place(attribute.attribute->name,
                attribute.in_extension ? std::string_view{attribute.schema->id} : std::string_view{})
    {
    }

    Place sub_attribute(std::string_view name) const noexcept { return {this, name, no_index}; }
    Place element(std::size_t index) const noexcept { return {this, {}, index}; }

    /// `emails[1].value: REASON.` as detail, `emails.value` as attribute.
    Error fault(ErrorCode code, std::string_view reason) const
    {
        auto detail = text(true);
        detail.append(": ").append(reason).append(".");
        return {code, std::move(detail), text(false)};
    }

    std::string text(bool with_indices) const
    {
        if (!parent_)
        {
            auto out = std::string{uri_};
            if (!out.empty())
                out += ':';
            return out += name_;
        }
        auto out = parent_->text(with_indices);
        if (index_ == no_index)
        {
            out += '.';
            out += name_;
        }
        else if (with_indices)
        {
            out += '[';
            out += std::to_string(index_);
            out += ']';
        }
        return out;
    }

private:
    Place(Place const* parent, std::string_view name, std::size_t index) noexcept
        : parent_(parent)
        , name_(name)
        , index_(index)
    {
    }

    Place const* parent_ = nullptr;
    std::string_view uri_;
    std::string_view name_;
    std::size_t index_ = no_index;
};

} // namespace scimkit
