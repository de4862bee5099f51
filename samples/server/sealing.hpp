// Secrets that the server has to know again, so that a hash would not do: what signs a tenant's webhooks, and what it
// shows to a receiver of events. They are stored sealed, by a key that is not in the store.
#pragma once

#include <scimkit/core/error.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

inline constexpr std::string_view sealed_prefix = "sealed:";

/// Threading: any.
class Sealing
{
public:
    /// `file` is that of --secret-key-file: one to four keys, each 64 hexadecimal digits on a line. The first seals;
    /// all of them open. Empty: there is none, and nothing can be sealed or opened. Errors: one sentence for the
    /// operator.
    static scimkit::result<std::shared_ptr<Sealing>> create(std::string file);
    ~Sealing();
    Sealing(Sealing const&) = delete;
    Sealing& operator=(Sealing const&) = delete;

    /// Reads the file anew. Error: of the file; then it goes on with the old keys.
    scimkit::result<void> reload();

    /// Text that says nothing of the secret but its length. Error: there is no key.
    scimkit::result<std::string> seal(std::string_view secret) const;
    /// Errors: there is no key that opens it, or it is damaged.
    scimkit::result<std::string> open(std::string_view sealed) const;
    /// Whether that secret is in it, in a time that does not depend on where it differs. No, where it was not sealed by
    /// the first key: then it is to be sealed anew.
    bool seals(std::string_view sealed, std::string_view secret) const;

private:
    struct Key;
    explicit Sealing(std::string file);
    static scimkit::result<std::vector<Key>> read(std::string const& file);

    std::string const file_;
    mutable std::mutex mutex_; ///< for the keys
    std::vector<Key> keys_;
};

} // namespace server
