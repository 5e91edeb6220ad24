// The only file of the ledger that includes the crypto library, with random_bytes.cpp.
#include "ledger/envelope.h"

#include <sodium.h>

#include "foundation/foundation.h"

namespace groundwork::ledger {

namespace {

constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == std::tuple_size_v<Key>);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == std::tuple_size_v<Nonce>);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

template <std::size_t size>
void add(std::string& out, const std::array<std::uint8_t, size>& bytes) {
    out.append(bytes.begin(), bytes.end());
}

// Little-endian.
template <class Number>
void add_number(std::string& out, Number number) {
    const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        out += static_cast<char>(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
}

std::string context_of(const StoredEvent& event) {
    std::string context;
    add(context, event.cohort.bytes);
    add(context, event.event.bytes);
    add(context, event.key.bytes);
    add_number(context, event.version);
    return context;
}

std::string encrypt(std::string_view bytes, std::string_view context, const Nonce& nonce, const Key& key) {
    std::string sealed(bytes.size() + tag_size, '\0');
    unsigned long long length = 0;
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());  // NOLINT(*-reinterpret-cast)
    ENSURE(crypto_aead_xchacha20poly1305_ietf_encrypt(out, &length, bytes_of(bytes), bytes.size(),
                                                      bytes_of(context), context.size(), nullptr,
                                                      nonce.data(), key.data()) == 0);
    ENSURE(length == sealed.size());
    return sealed;
}

std::optional<std::string> decrypt(std::string_view sealed, std::string_view context, const Nonce& nonce,
                                   const Key& key) {
    if (sealed.size() < tag_size) {
        return std::nullopt;
    }
    std::string bytes(sealed.size() - tag_size, '\0');
    unsigned long long length = 0;
    auto* out = reinterpret_cast<unsigned char*>(bytes.data());  // NOLINT(*-reinterpret-cast)
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &length, nullptr, bytes_of(sealed), sealed.size(),
                                                   bytes_of(context), context.size(), nonce.data(),
                                                   key.data()) != 0) {
        return std::nullopt;
    }
    return bytes;
}

}  // namespace

std::string to_text(const Hash& hash) {
    std::array<char, 2 * std::tuple_size_v<Hash> + 1> text{};
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    return text.data();
}

Hash hash_of(const StoredEvent& event) {
    std::string bytes = "groundwork-event";
    bytes.reserve(192 + event.sealed.size());
    add_number(bytes, event.version);
    add(bytes, event.cohort.bytes);
    add_number(bytes, event.sequence);
    add(bytes, event.event.bytes);
    add(bytes, event.key.bytes);
    add_number(bytes, event.minute);
    add_number(bytes, static_cast<std::uint8_t>(event.kind));
    add(bytes, event.previous);
    add(bytes, event.nonce);
    add_number(bytes, std::uint64_t{event.sealed.size()});
    bytes += event.sealed;
    Hash hash{};
    ENSURE(crypto_generichash(hash.data(), hash.size(), bytes_of(bytes), bytes.size(), nullptr, 0) == 0);
    return hash;
}

void seal(StoredEvent& event, std::string_view payload, const Key& key, RandomBytes& random) {
    random.fill(event.nonce);
    event.sealed = encrypt(payload, context_of(event), event.nonce, key);
}

std::optional<std::string> unseal(const StoredEvent& event, const Key& key) {
    return decrypt(event.sealed, context_of(event), event.nonce, key);
}

std::string seal_bytes(std::string_view bytes, std::string_view context, const Key& key,
                       RandomBytes& random) {
    Nonce nonce{};
    random.fill(nonce);
    return std::string(nonce.begin(), nonce.end()) + encrypt(bytes, context, nonce, key);
}

std::optional<std::string> unseal_bytes(std::string_view sealed, std::string_view context, const Key& key) {
    Nonce nonce{};
    if (sealed.size() < nonce.size()) {
        return std::nullopt;
    }
    std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
    return decrypt(sealed.substr(nonce.size()), context, nonce, key);
}

}  // namespace groundwork::ledger
