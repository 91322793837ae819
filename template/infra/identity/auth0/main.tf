# Our client at Auth0: code with PKCE only, one exact redirect address, rotating refresh tokens.
# AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a management client are read from the environment.
terraform {
  required_version = ">= 1.11"

  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.20, < 2"
    }
  }
}

variable "public_url" {
  description = "The address that people open, such as https://desk.example.com."
  type        = string

  validation {
    condition     = startswith(var.public_url, "https://") && !endswith(var.public_url, "/") && !strcontains(var.public_url, "*")
    error_message = "Give one https address without a slash at its end."
  }
}

resource "auth0_client" "product" {
  name                = "product"
  app_type            = "regular_web"
  oidc_conformant     = true
  callbacks           = ["${var.public_url}/auth/callback"]
  allowed_logout_urls = ["${var.public_url}/"]
  grant_types         = ["authorization_code", "refresh_token"]

  oidc_logout {
    backchannel_logout_urls = ["${var.public_url}/auth/backchannel"]

    backchannel_logout_initiators {
      mode = "all"
    }
  }

  jwt_configuration {
    alg                 = "RS256"
    lifetime_in_seconds = 600
  }

  refresh_token {
    rotation_type                = "rotating"
    expiration_type              = "expiring"
    leeway                       = 0
    token_lifetime               = 2592000
    idle_token_lifetime          = 1296000
    infinite_token_lifetime      = false
    infinite_idle_token_lifetime = false
  }
}

resource "auth0_client_credentials" "product" {
  client_id             = auth0_client.product.id
  authentication_method = "client_secret_basic"
}

# The second factor is asked for when we ask for it (acr_values), not at each sign-in.
resource "auth0_guardian" "factors" {
  policy        = "never"
  otp           = true
  recovery_code = true

  webauthn_roaming {
    enabled           = true
    user_verification = "required"
  }
}

resource "auth0_action" "second_factor" {
  name   = "second-factor-when-asked"
  deploy = true
  code   = file("${path.module}/second-factor.js")

  supported_triggers {
    id      = "post-login"
    version = "v3"
  }
}

resource "auth0_trigger_actions" "login" {
  trigger = "post-login"

  actions {
    id           = auth0_action.second_factor.id
    display_name = auth0_action.second_factor.name
  }
}

output "client_id" {
  description = "The setting OIDC_CLIENT_ID; the secret is in Auth0's console."
  value       = auth0_client.product.client_id
}
