// PackedAttributes: canonical attributes as bytes that need no parsing, for those who only pass them on. A store that
// keeps them so hands them out as they are (Wanted::packed), and an answer is written straight from them.
//
// Threading: values. Lifetimes: owns its bytes. Errors: what is read of the bytes is checked and bounded; bytes that
// pack() did not make are `corrupt`, and never harm. Complexity: linear in the bytes.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/export.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace scimkit
{

class SCIMKIT_API PackedAttributes
{
public:
    /// Holds none; that is not the same as an empty object.
    PackedAttributes() noexcept = default;

    /// Bytes that bytes() gave once; nobody looks at them before they are read.
    explicit PackedAttributes(std::string bytes) noexcept
        : bytes_(std::move(bytes))
    {
    }

    /// Error: invalid_value (nested deeper than 64 levels).
    static result<PackedAttributes> pack(json::object const& attributes);

    /// Whether it holds attributes.
    explicit operator bool() const noexcept { return !bytes_.empty(); }

    /// The packed form. It may be kept: what this version of scimkit wrote, later ones read.
    std::string_view bytes() const noexcept { return bytes_; }

    /// Members come in the order in which they were packed. An object is made in `memory`. Error: corrupt; also when it
    /// holds none.
    result<json::object> unpack(json::storage_ptr memory = {}) const;

private:
    std::string bytes_{};
};

} // namespace scimkit
