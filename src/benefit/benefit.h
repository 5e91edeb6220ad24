// The door of benefit/.
#pragma once
