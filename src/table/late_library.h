// Shared libraries that only some files need, loaded when the first of those is read or written: loading them
// takes longer than everything else a short command does. Private to table/.
#pragma once

#include <dlfcn.h>

#include <string>

#include "foundation/foundation.h"

namespace groundwork::table {

class LateLibrary {
  public:
    explicit LateLibrary(const char* name) : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

    // A function of the library; takes the type of what it initialises, `decltype(&::name)`.
    class Function {
      public:
        explicit Function(void* address) : address_(address) {}
        template <class Signature>
        operator Signature*() const {  // NOLINT(google-explicit-constructor): that is its purpose
            return reinterpret_cast<Signature*>(address_);
        }

      private:
        void* address_;
    };
    Function operator[](const char* function) {
        void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, function);
        is_whole_ = is_whole_ && address != nullptr;
        return Function(address);
    }

    // That every function asked for so far is there.
    Result<void> check(const std::string& file) const {
        if (!is_whole_) {
            return fail(outside_failure("needs the library " + name_ + ", which is not installed here")
                            .at(file)
                            .remedy("Install it, or use CSV."));
        }
        return {};
    }

  private:
    std::string name_;
    void* handle_;  // never closed: its code may be running until the end
    bool is_whole_ = true;
};

}  // namespace groundwork::table
