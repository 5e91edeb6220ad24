// The door of instrument/.
#pragma once
